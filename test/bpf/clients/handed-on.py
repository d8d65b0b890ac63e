"""One HTTP connection whose server side is used by one process after another; prints [path, pid of the server] for each."""
import json, os, socket

ANSWER = b'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'


def serve(connection, fd=None):
    """Answers one request and says who did."""
    fd = connection.fileno() if fd is None else fd
    path = os.read(fd, 4096).split(b' ')[1].decode()
    os.write(fd, ANSWER)
    os.write(1, (json.dumps([path, os.getpid()]) + '\n').encode())


def child(work):
    pid = os.fork()
    if pid == 0:
        try:
            work()
        finally:
            os._exit(0)
    return pid


def ask(client, path):
    client.sendall(b'GET %s HTTP/1.1\r\nhost: x\r\n\r\n' % path)


def answered(client):
    assert client.recv(4096) == ANSWER


def stranger(channel):
    """Started before the connection was there: it gets the descriptor as a message."""
    _, (fd,), _, _ = socket.recv_fds(channel, 1, 1)
    serve(None, fd)


ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
waiting = child(lambda: stranger(theirs))
listener = socket.create_server(('127.0.0.1', 0))
client = socket.create_connection(listener.getsockname())
connection = listener.accept()[0]

for path, work in [
    (b'/accepted', lambda: serve(connection)),
    (b'/forked', lambda: os.waitpid(child(lambda: serve(connection)), 0)),
    (b'/duplicated', lambda: serve(None, os.dup(connection.fileno()))),
    (b'/passed', lambda: (socket.send_fds(ours, [b'x'], [connection.fileno()]), os.waitpid(waiting, 0))),
    (b'/again', lambda: serve(connection)),
]:
    ask(client, path)
    work()
    answered(client)
