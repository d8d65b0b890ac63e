"""Queries by every call that sends and receives datagrams. Arguments: port, address. Prints `name local-port` of each."""
import ctypes
import os
import socket
import sys

PORT, ADDRESS = int(sys.argv[1]), sys.argv[2]
FAMILY = socket.AF_INET6 if ':' in ADDRESS else socket.AF_INET
TO = (ADDRESS, PORT)
libc = ctypes.CDLL(None, use_errno=True)


class Iovec(ctypes.Structure):
    _fields_ = [('base', ctypes.c_void_p), ('length', ctypes.c_size_t)]


class Msghdr(ctypes.Structure):
    _fields_ = [('name', ctypes.c_void_p), ('namelen', ctypes.c_uint), ('iov', ctypes.POINTER(Iovec)),
                ('iovlen', ctypes.c_size_t), ('control', ctypes.c_void_p), ('controllen', ctypes.c_size_t),
                ('flags', ctypes.c_int)]


class Mmsghdr(ctypes.Structure):
    _fields_ = [('hdr', Msghdr), ('len', ctypes.c_uint)]


def query(name):
    labels = b''.join(bytes([len(label)]) + label.encode() for label in name.split('.'))
    return os.urandom(2) + bytes([1, 0, 0, 1, 0, 0, 0, 0, 0, 0]) + labels + bytes([0, 0, 1, 0, 1])


def say(name, s):
    print(name, s.getsockname()[1], flush=True)


def new(connect=False, family=FAMILY):
    s = socket.socket(family, socket.SOCK_DGRAM)
    s.settimeout(20)
    if connect:
        s.connect(TO)
    return s


def sockaddr():
    port = PORT.to_bytes(2, 'big')
    if FAMILY == socket.AF_INET:
        return FAMILY.to_bytes(2, sys.byteorder) + port + socket.inet_aton(ADDRESS) + bytes(8)
    return FAMILY.to_bytes(2, sys.byteorder) + port + bytes(4) + socket.inet_pton(FAMILY, ADDRESS) + bytes(4)


def headers(buffers, name):
    vector = (Mmsghdr * len(buffers))()
    for entry, parts in zip(vector, buffers):
        iov = (Iovec * len(parts))(*(Iovec(ctypes.cast(part, ctypes.c_void_p), len(part)) for part in parts))
        entry.hdr.iov, entry.hdr.iovlen = iov, len(parts)
        if name is not None:
            entry.hdr.name, entry.hdr.namelen = ctypes.cast(name, ctypes.c_void_p), len(name)
    return vector


def mmsg(names, connect):
    s = new(connect)
    s.setblocking(True)
    name = None if connect else ctypes.create_string_buffer(sockaddr(), len(sockaddr()))
    out = [query(each) for each in names]
    # The second in two segments.
    parts = [[ctypes.create_string_buffer(piece, len(piece)) for piece in ((q[:7], q[7:]) if i == 1 else (q,))]
             for i, q in enumerate(out)]
    assert libc.sendmmsg(s.fileno(), headers(parts, name), len(names), 0) == len(names)
    for each in names:
        say(each, s)
    got, rooms = 0, [[ctypes.create_string_buffer(512)] for _ in names]
    while got < len(names):
        vector = headers(rooms, ctypes.create_string_buffer(28))
        n = libc.recvmmsg(s.fileno(), vector, len(names), 0x10000, None)  # MSG_WAITFORONE
        assert n > 0
        got += n


s = new()
s.sendto(query('sendto.calls.test'), TO)
say('sendto.calls.test', s)
s.recvfrom(512, socket.MSG_PEEK)
s.recvfrom(512)

s = new(connect=True)
s.send(query('send.calls.test'))
say('send.calls.test', s)
s.recv(512, socket.MSG_PEEK)
s.recv(512)
os.write(s.fileno(), query('write.calls.test'))
say('write.calls.test', s)
s.settimeout(None)
os.read(s.fileno(), 512)

s = new()
q = query('sendmsg.calls.test')
s.sendmsg([q[:5], q[5:20], q[20:]], [], 0, TO)
say('sendmsg.calls.test', s)
s.recvmsg(512)
s.sendmsg([query('again.calls.test')], [], 0, TO)
say('again.calls.test', s)
s.recvmsg_into([bytearray(12), bytearray(500)])
for name, receive in (('trunc', s.recvfrom), ('truncmsg', lambda size, flags: s.recvmsg(size, 0, flags))):
    s.sendto(query(name + '.calls.test'), TO)
    say(name + '.calls.test', s)
    receive(512, socket.MSG_TRUNC)

mmsg(['mm%d.calls.test' % i for i in range(5)], False)
mmsg(['cm%d.calls.test' % i for i in range(3)], True)

if FAMILY == socket.AF_INET:
    s = new(family=socket.AF_INET6)
    s.sendto(query('mapped.calls.test'), ('::ffff:' + ADDRESS, PORT))
    say('mapped.calls.test', s)
    s.recvfrom(512)
