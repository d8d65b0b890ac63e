"""Queries and their answers over unix sockets for datagrams and for packets, between sockets of this process in the directory
that is the argument. Prints `name client server`, what the two are called."""
import os
import socket
import sys

DIRECTORY = sys.argv[1]
serial = 0


def query(name):
    labels = b''.join(bytes([len(label)]) + label.encode() for label in name.split('.'))
    return bytes([0, serial, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]) + labels + bytes([0, 0, 1, 0, 1])


def answer(asked):
    return asked[:2] + b'\x81\x80' + asked[4:]


def bound(kind, name):
    s = socket.socket(socket.AF_UNIX, kind)
    s.bind('\0' + name[1:] if name.startswith('@') else os.path.join(DIRECTORY, name))
    return s


def called(s):
    name = s.getsockname()
    return '@' + name[1:].decode() if isinstance(name, bytes) else name or '-'


def say(name, client, server):
    global serial
    serial += 1
    print(name, called(client), called(server), flush=True)


def many_clients():
    server = bound(socket.SOCK_DGRAM, 'server')
    clients = [bound(socket.SOCK_DGRAM, name) for name in ('one', f'@two-{os.getpid()}', 'three')]
    for turn in range(3):
        for client in clients:
            name = f'dgram.turn{turn}.client{clients.index(client)}'
            client.sendto(query(name), server.getsockname())
            asked, peer = server.recvfrom(512)
            server.sendto(answer(asked), peer)
            client.recv(512)
            say(name, client, server)


def pair(kind, name):
    client, server = socket.socketpair(socket.AF_UNIX, kind)
    exchange(client, server, name)


def exchange(client, server, name):
    client.send(query(name))
    server.sendmsg([answer(server.recv(512))])
    client.recvmsg(512)
    say(name, client, server)


def packets():
    listener = bound(socket.SOCK_SEQPACKET, 'listener')
    listener.listen()
    for name in ('four', f'@five-{os.getpid()}'):
        client = bound(socket.SOCK_SEQPACKET, name)
        client.connect(listener.getsockname())
        exchange(client, listener.accept()[0], f'seqpacket.{name.split("-")[0].lstrip("@")}')


many_clients()
pair(socket.SOCK_DGRAM, 'pair.dgram')
pair(socket.SOCK_SEQPACKET, 'pair.seqpacket')
packets()
