"""A TCP client that does what it is told: a JSON array a line on stdin, a JSON value a line on stdout for each.

["connect", port] · ["send", latin-1 text] · ["recv", bytes since the last send; 0 = to the end] · ["answer"], a whole one ·
["shutdown"] · ["comm", latin-1 text]
"""
import json, re, socket, sys

sock = None
data = b''


def connect(port):
    global sock
    sock = socket.create_connection(('127.0.0.1', port))
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock.getsockname()[1]


def send(text):
    global data
    data = b''
    sock.sendall(text.encode('latin-1'))


def more():
    global data
    chunk = sock.recv(65536)
    data += chunk
    return chunk


def receive(want):
    while (not want or len(data) < want) and more():
        pass
    return len(data)


def answer():
    while b'\r\n\r\n' not in data:
        more()
    head = data.split(b'\r\n\r\n')[0]
    length = int(re.search(br'content-length: *(\d+)', head, re.I)[1])
    receive(len(head) + 4 + length)
    return data[:100].decode('latin-1')


def rename(name):
    with open('/proc/self/comm', 'wb') as comm:
        comm.write(name.encode('latin-1'))


DO = {
    'connect': connect,
    'send': send,
    'recv': receive,
    'answer': answer,
    'shutdown': lambda: sock.shutdown(socket.SHUT_WR),
    'comm': rename,
}

for line in sys.stdin:
    what, *args = json.loads(line)
    print(json.dumps(DO[what](*args)), flush=True)
