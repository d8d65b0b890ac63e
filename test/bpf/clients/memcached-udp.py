# Datagrams on a socket: memcached-udp.py PORT SILENT-PORT; the second port is bound here, and nobody answers there
import socket
import struct
import sys

PORT, SILENT = (('127.0.0.1', int(arg)) for arg in sys.argv[1:])


def udp():
    return socket.socket(socket.AF_INET, socket.SOCK_DGRAM)


def frame(number, text):
    return struct.pack('>HHHH', number, 0, 1, 0) + text


with udp() as s:
    s.connect(PORT)
    s.settimeout(5)

    def ask(number, text, wanted):
        s.send(frame(number, text))
        said = b''
        while not said.endswith(wanted):
            said += s.recv(2048)[8:]
        return said

    ask(1, b'flush_all\r\n', b'OK\r\n')
    ask(2, b'set udp:1 7 0 5\r\nvalue\r\n', b'STORED\r\n')
    ask(3, b'get udp:1\r\n', b'END\r\n')
    ask(4, b'get udp:absent\r\n', b'END\r\n')
    ask(5, b'set udp:large 0 0 1300\r\n' + b'l' * 1300 + b'\r\n', b'STORED\r\n')
    for _ in range(49):
        ask(6, b'append udp:large 0 0 1000\r\n' + b'm' * 1000 + b'\r\n', b'STORED\r\n')
    assert len(ask(7, b'get udp:large\r\n', b'END\r\n')) > 50_300
    ask(8, b'get udp:1 udp:absent udp:large\r\n', b'END\r\n')
    ask(9, b'mg udp:1 v f\r\n', b'value\r\n')
    ask(10, b'incr udp:1 1\r\n', b'value\r\n')
    s.send(frame(11, b'set udp:2 0 0 1 noreply\r\n1\r\n'))
    ask(12, b'incr udp:2 41\r\n', b'42\r\n')
    ask(13, b'stats\r\n', b'END\r\n')
    # two commands in a datagram
    s.send(frame(14, b'get udp:2\r\nversion\r\n'))
    s.recv(2048), s.recv(2048)
    s.send(frame(15, struct.pack('>BBHBBHIIQ', 0x80, 0x0b, 0, 0, 0, 0, 0, 7, 0)))
    s.recv(2048)

with udp() as silent, udp() as s:
    silent.bind(SILENT)
    s.sendto(frame(1, b'get udp:silent\r\n'), SILENT)
    silent.recvfrom(2048)
