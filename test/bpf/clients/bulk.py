"""An HTTP server, and for each exchange a client in another process: large bodies, and calls that move only a part.

A line on stdin {"path", "up", "down", "chunked", "vectors"} is an exchange; a line on stdout when it is over.
The first line on stdout is [port, pid of the server].
"""
import json, os, select, socket, sys

BLOCK = b'0123456789abcde\n' * 65536


def body(n):
    """Blocks that sum up to n bytes."""
    while n > 0:
        yield BLOCK[:n]
        n -= min(n, len(BLOCK))


def vectors(s, data):
    """writev of 64 pieces on a socket that takes only some of them, and does not block."""
    s.setblocking(False)
    at, refused, parts = 0, 0, 0
    step = max(1, len(data) // 64)
    while at < len(data):
        pieces = [data[i:i + step] for i in range(at, min(at + 64 * step, len(data)), step)]
        try:
            wrote = os.writev(s.fileno(), pieces)
            parts += wrote < sum(map(len, pieces))
            at += wrote
        except BlockingIOError:
            refused += 1
            select.select([], [s], [])
    s.setblocking(True)
    return parts, refused


def send(s, head, n, chunked, vectored):
    if vectored:
        return vectors(s, head + b''.join(body(n)))
    s.sendall(head)
    for block in body(n):
        s.sendall(b'%x\r\n%s\r\n' % (len(block), block) if chunked else block)
    if chunked:
        s.sendall(b'0\r\n\r\n')
    return 0, 0


def receive(s, n, chunked, vectored):
    data, got = b'', 0
    while b'\r\n\r\n' not in data:
        data += s.recv(1000)
    got = len(data.split(b'\r\n\r\n', 1)[1])
    last = data[-7:]
    pieces = [bytearray(100) for _ in range(64)]
    block = bytearray(1 << 20)
    while not last.endswith(b'\r\n0\r\n\r\n') if chunked else got < n:
        many = os.readv(s.fileno(), pieces) if vectored else s.recv_into(block)
        assert many > 0
        got += many
        last = (last + bytes(block[max(0, many - 7):many]))[-7:]


def framing(exchange, way):
    return b'transfer-encoding: chunked' if exchange['chunked'] else b'content-length: %d' % exchange[way]


def client(address, exchange):
    path, up, down, chunked, vectored = exchange.values()
    with socket.socket() as s:
        if vectored:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
            s.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 8192)
        s.connect(address)
        send(s, b'POST %s HTTP/1.1\r\nhost: x\r\n%s\r\n\r\n' % (path.encode(), framing(exchange, 'up')), up, chunked, vectored)
        receive(s, down, chunked, vectored)


def serve(s, exchange):
    _, up, down, chunked, vectored = exchange.values()
    if vectored:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 8192)
    receive(s, up, chunked, vectored)
    head = b'HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n%s\r\n\r\n' % framing(exchange, 'down')
    return send(s, head, down, chunked, vectored)


def main():
    listener = socket.create_server(('127.0.0.1', 0))
    print(json.dumps([listener.getsockname()[1], os.getpid()]), flush=True)
    for line in sys.stdin:
        exchange = json.loads(line)
        pid = os.fork()
        if pid == 0:
            client(listener.getsockname(), exchange)
            os._exit(0)
        with listener.accept()[0] as s:
            said = serve(s, exchange)
            os.waitpid(pid, 0)
        print(json.dumps(said), flush=True)


main()
