"""Many HTTP connections.

usage: many.py PORT in-turn N    one after another, a request each
       many.py PORT at-once N    all of them open, then a request on each, then a line on stdin closes them
"""
import socket, sys

port, how, n = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])


def connect():
    return socket.create_connection(('127.0.0.1', port))


def ask(s, path, more=''):
    s.sendall(f'GET {path} HTTP/1.1\r\nhost: x\r\n{more}\r\n'.encode())
    while not s.recv(4096).endswith(b'\n'):
        pass


if how == 'in-turn':
    for i in range(n):
        with connect() as s:
            ask(s, f'/hello?{i}')
else:
    connections = [connect() for _ in range(n)]
    for i, s in enumerate(connections):
        ask(s, f'/hello?{i}')
    print('"open"', flush=True)
    sys.stdin.readline()
