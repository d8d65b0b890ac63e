"""Both ends of HTTP exchanges over one connection each, every exchange with another pair of system calls.

usage: socket-calls.py inet|inet6|unix|mptcp|mptcp6|mptcp-inet|inet-mptcp
The last two: only the client, only the server asks for MPTCP, and the kernel falls back to TCP.
Prints a JSON line per exchange: name, request body size, response body size.
"""
import ctypes, fcntl, json, os, select, socket, struct, sys, tempfile

IPPROTO_MPTCP = 262

libc = ctypes.CDLL(None, use_errno=True)


class Iovec(ctypes.Structure):
    _fields_ = [('base', ctypes.c_void_p), ('len', ctypes.c_size_t)]


class Msghdr(ctypes.Structure):
    _fields_ = [('name', ctypes.c_void_p), ('namelen', ctypes.c_int), ('iov', ctypes.POINTER(Iovec)), ('iovlen', ctypes.c_size_t),
                ('control', ctypes.c_void_p), ('controllen', ctypes.c_size_t), ('flags', ctypes.c_int)]


class Mmsghdr(ctypes.Structure):
    _fields_ = [('hdr', Msghdr), ('len', ctypes.c_uint)]


def split(data, n):
    """n parts, the first ones short."""
    step = max(1, len(data) // n)
    parts = [data[i * step:(i + 1) * step] for i in range(n - 1)]
    return [part for part in parts + [data[(n - 1) * step:]] if part]


def messages(buffers):
    iovs = [Iovec(ctypes.cast(buf, ctypes.c_void_p), len(buf)) for buf in buffers]
    return (Mmsghdr * len(buffers))(*[Mmsghdr(Msghdr(None, 0, ctypes.pointer(iov), 1, None, 0, 0), 0) for iov in iovs])


def sendmmsg(s, data, parts=3):
    first, *others = split(data, parts)
    # An empty message is one of them, but moves nothing.
    buffers = [ctypes.create_string_buffer(part, len(part)) for part in [first, b'', *others]]
    sent = libc.sendmmsg(s.fileno(), messages(buffers), len(buffers), 0)
    assert sent == len(buffers), os.strerror(ctypes.get_errno())


def recvmmsg(s, n):
    buffers = [ctypes.create_string_buffer(size) for size in (16, 40, n)]
    vec = messages(buffers)
    got = libc.recvmmsg(s.fileno(), vec, len(buffers), 0x10000, None)  # MSG_WAITFORONE
    assert got > 0, os.strerror(ctypes.get_errno())
    return b''.join(buffers[i].raw[:vec[i].len] for i in range(got))


def preadv2(s, n):
    buf = ctypes.create_string_buffer(n)
    iov = (Iovec * 2)(Iovec(ctypes.addressof(buf), 10), Iovec(ctypes.addressof(buf) + 10, n - 10))
    got = libc.preadv2(s.fileno(), iov, 2, ctypes.c_long(-1), 0)
    return buf.raw[:got]


def pwritev2(s, data):
    buf = ctypes.create_string_buffer(data, len(data))
    iov = (Iovec * 2)(Iovec(ctypes.addressof(buf), 7), Iovec(ctypes.addressof(buf) + 7, len(data) - 7))
    assert libc.pwritev2(s.fileno(), iov, 2, ctypes.c_long(-1), 0) == len(data)


def send_file(s, data):
    """The head by send, the rest by sendfile: no user memory holds it."""
    head, body = data.split(b'\r\n\r\n', 1)
    s.sendall(head + b'\r\n\r\n')
    with tempfile.TemporaryFile() as f:
        f.write(body)
        f.flush()
        os.sendfile(s.fileno(), f.fileno(), 0, len(body))


def splice(s, data):
    head, body = data.split(b'\r\n\r\n', 1)
    s.sendall(head + b'\r\n\r\n')
    r, w = os.pipe()
    os.write(w, body)
    os.splice(r, s.fileno(), len(body))
    os.close(r), os.close(w)


def half_close(s, data):
    s.sendall(data)
    s.shutdown(socket.SHUT_WR)


def with_the_end(s, n):
    """The end of the stream is there before anything is read: the second call takes it with the last bytes."""
    poll = select.poll()
    poll.register(s, select.POLLRDHUP)
    poll.poll()
    return s.recv(16) + s.recv(n)


def nonblocking(s, n):
    s.setblocking(False)
    try:
        s.recv(n)
        early = True
    except BlockingIOError:
        early = False
    s.setblocking(True)
    assert not early
    return None


SEND = {
    'write': lambda s, d: os.write(s.fileno(), d),
    'send': lambda s, d: s.send(d),
    'sendto': lambda s, d: libc.sendto(s.fileno(), d, len(d), 0, None, 0),
    'sendmsg': lambda s, d: s.sendmsg(split(d, 3)),
    'sendmsg64': lambda s, d: s.sendmsg(split(d, 64)),
    'writev': lambda s, d: os.writev(s.fileno(), split(d, 5)),
    'writev200': lambda s, d: os.writev(s.fileno(), split(d, 200)),
    'pwritev2': pwritev2,
    'sendmmsg': sendmmsg,
    'sendmmsg12': lambda s, d: sendmmsg(s, d, 12),
    'dup': lambda s, d: os.write(os.dup(s.fileno()), d),
}
HIDDEN = {'sendfile': send_file, 'splice': splice}


def into(s, n, call):
    parts = [bytearray(9), bytearray(30), bytearray(n)]
    got = call(parts)
    return b''.join(parts)[:got]


RECV = {
    'read': lambda s, n: os.read(s.fileno(), n),
    'recv': lambda s, n: s.recv(n),
    'recvfrom': lambda s, n: s.recvfrom(n)[0],
    'recvmsg': lambda s, n: into(s, n, lambda parts: s.recvmsg_into(parts)[0]),
    'readv': lambda s, n: into(s, n, lambda parts: os.readv(s.fileno(), parts)),
    'preadv2': preadv2,
    'recvmmsg': recvmmsg,
    'peek': lambda s, n: (s.recv(n, socket.MSG_PEEK), s.recv(n))[1],
    'small': lambda s, n: s.recv(11),
}


def receive(s, call):
    data = b''
    while b'\r\n\r\n' not in data:
        data += call(s, 65536)
    head, body = data.split(b'\r\n\r\n', 1)
    length = int(head.lower().split(b'content-length: ')[1].split(b'\r\n')[0])
    while len(body) < length:
        body += call(s, 65536)
    assert len(body) == length


def stream(family, end):
    end = family.split('-')[-1 if end == 'server' else 0]
    domain = socket.AF_INET6 if end.endswith('6') else socket.AF_INET
    return socket.socket(domain, socket.SOCK_STREAM, IPPROTO_MPTCP if end.startswith('mptcp') else 0)


def ends(family):
    if family == 'unix':
        path = os.path.join(tempfile.mkdtemp(), 's')
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(path)
        client = socket.socket(socket.AF_UNIX)
    else:
        listener = stream(family, 'server')
        listener.bind(('::1' if listener.family == socket.AF_INET6 else '127.0.0.1', 0))
        client = stream(family, 'client')
    listener.listen()
    client.connect(listener.getsockname())
    server = listener.accept()[0]
    listener.close()
    return client, server


def text(n):
    """n bytes that repeat nowhere."""
    return b''.join(b'%07d,' % i for i in range(n // 8 + 1))[:n]


def exchange(client, server, name, send, receive_call, answer, answered, up, down):
    request = b'POST /%s HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n\r\n' % (name.encode(), up) + text(up)
    response = b'HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: %d\r\n\r\n' % down + text(down)
    nonblocking(server, 10)
    send(client, request)
    receive(server, receive_call)
    answer(server, response)
    receive(client, answered)
    print(json.dumps({'name': name, 'up': up, 'down': down}), flush=True)


def main(family):
    client, server = ends(family)
    receivers = list(RECV.items())
    for i, (name, send) in enumerate(SEND.items()):
        for j, (receiver, call) in enumerate(receivers):
            other, back = receivers[(i + j) % len(receivers)]
            answerer, answer = list(SEND.items())[(i + j) % len(SEND)]
            exchange(client, server, f'{name}-{receiver}-{answerer}-{other}', send, call, answer, back, 100 + i, 700 + j)
    for name, send in HIDDEN.items():
        exchange(client, server, name, SEND['send'], RECV['recv'], send, RECV['recv'], 10, 3000)
    exchange(client, server, 'large', SEND['send'], RECV['recv'], SEND['writev'], RECV['readv'], 40000, 50000)
    # As many segments as a call can have.
    most = lambda s, d: os.writev(s.fileno(), split(d, os.sysconf('SC_IOV_MAX')))
    exchange(client, server, 'segments', most, RECV['recv'], most, RECV['recv'], 40000, 50000)
    exchange(client, server, 'half-close', half_close, with_the_end, SEND['send'], RECV['recv'], 100, 700)
    client.close()
    server.close()


main(sys.argv[1])
