"""Sockets that are not what they seem, mostly with HTTP; both ends are this process. Says its pid, waits for a line, does it,
says what it has found out, and waits for another line.

usage: odd-sockets.py pairs      unix sockets in turn, which take each other's place in the kernel's memory
       odd-sockets.py again      a socket that is connected a second time
       odd-sockets.py reset      an answer that is read after the connection has been reset
       odd-sockets.py gone       a connection that is accepted when its client has closed it
       odd-sockets.py together   threads that send on one connection
"""
import ctypes, json, os, socket, struct, sys, threading, time

N = 300
TCP_CLOSE = 7
libc = ctypes.CDLL(None)
listener = socket.create_server(('127.0.0.1', 0), backlog=4096)
address = listener.getsockname()


def request(path):
    return f'GET {path} HTTP/1.1\r\nhost: x\r\n\r\n'.encode()


def answer(length):
    return f'HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n'.encode() + b'x' * length


def exchange(client, server, path):
    client.sendall(request(path))
    server.recv(4096)
    server.sendall(answer(10))
    client.recv(4096)


def pairs():
    for i in range(N):
        client, server = socket.socketpair()
        with client, server:
            exchange(client, server, f'/{i}')


def again():
    client = socket.socket()
    ports = []
    for path in '/first', '/second':
        client.connect(address)
        ports.append(client.getsockname()[1])
        server = listener.accept()[0]
        exchange(client, server, path)
        # To an address of no family: disconnected, and the socket as new.
        assert libc.connect(client.fileno(), struct.pack('H14x', socket.AF_UNSPEC), 16) == 0
        server.close()
    return ports


def reset():
    client = socket.create_connection(address)
    server = listener.accept()[0]
    client.sendall(request('/reset'))
    server.recv(4096)
    server.sendall(answer(10_000))
    server.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
    server.close()
    while client.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] != TCP_CLOSE:
        time.sleep(0.01)
    got = 0
    try:
        while more := client.recv(4096):
            got += len(more)
    except ConnectionResetError:
        pass
    return got


# What is only certain at the start of a connection: a CancelRequest of PostgreSQL.
def gone():
    with socket.create_connection(address) as client:
        client.sendall(struct.pack('>4i', 16, 80877102, 4711, 1))
    with listener.accept()[0] as server:
        while server.recv(4096):
            pass


def together():
    client = socket.create_connection(address)
    server = listener.accept()[0]
    bytes_left = sum(len(request(f'/{t}/{i}')) for t in 'ab' for i in range(N))

    def ask(thread):
        for i in range(N):
            client.sendall(request(f'/{thread}/{i}'))

    threads = [threading.Thread(target=ask, args=(t,)) for t in 'ab']
    for thread in threads:
        thread.start()
    while bytes_left:
        bytes_left -= len(server.recv(65536))
    for thread in threads:
        thread.join()
    for _ in range(2 * N):
        server.sendall(answer(0))
    bytes_left = 2 * N * len(answer(0))
    while bytes_left:
        bytes_left -= len(client.recv(65536))


do = {'pairs': pairs, 'again': again, 'reset': reset, 'gone': gone, 'together': together}[sys.argv[1]]
print(os.getpid(), flush=True)
sys.stdin.readline()
print(json.dumps(do()), flush=True)
sys.stdin.readline()
