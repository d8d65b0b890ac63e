# Bytes on a socket: memcached-raw.py PORT; meta commands, and quiet ones of the binary protocol
import socket
import struct
import sys


def talk(*turns):
    with socket.create_connection(('127.0.0.1', int(sys.argv[1]))) as s:
        for sent, wanted in turns:
            s.sendall(sent)
            said = b''
            while not said.endswith(wanted):
                said += s.recv(65536)


def request(opcode, key=b'', extras=b'', value=b'', opaque=0):
    body = extras + key + value
    return struct.pack('>BBHBBHIIQ', 0x80, opcode, len(key), len(extras), 0, 0, len(body), opaque, 0) + body


def noop(opaque):
    return request(0x0a, opaque=opaque), struct.pack('>BBHBBHIIQ', 0x81, 0x0a, 0, 0, 0, 0, 0, opaque, 0)


talk(
    (b'flush_all\r\n', b'OK\r\n'),
    (b'ms raw:1 3 T60 F7 c\r\nabc\r\n', b'\r\n'),
    (b'mg raw:1 v f t k c s O123\r\n', b'abc\r\n'),
    (b'mg raw:absent v\r\n', b'EN\r\n'),
    (b'ma raw:n N0 J13 v\r\n', b'13\r\n'),
    (b'md raw:absent\r\n', b'NF\r\n'),
    (b'mg raw:1 v q k\r\nmg raw:absent v q k\r\nms raw:2 1 q\r\n9\r\nmn\r\n', b'MN\r\n'),
    # in one segment: first in, first out
    (b'set raw:3 0 0 1\r\n1\r\nget raw:3\r\nget raw:absent raw:3\r\nincr raw:3 1\r\nversion\r\n', b'VERSION 1.6.18\r\n'),
    (b'nonsense\r\n', b'ERROR\r\n'),
)
stored = struct.pack('>II', 3, 0)
last, answer = noop(9)
talk((
    request(0x11, b'raw:4', stored, b'quiet', 1) + request(0x0d, b'raw:4', opaque=2)
    + request(0x0d, b'raw:absent', opaque=3) + request(0x09, b'raw:4', opaque=4)
    + request(0x12, b'raw:4', stored, b'again', 5) + last, answer,
))
