# A client of its own on plain sockets: nats-talk.py PORT USER PASSWORD
import socket
import sys

port, user, password = int(sys.argv[1]), sys.argv[2], sys.argv[3]


class Client:
    def __init__(self, options):
        self.socket = socket.create_connection(('127.0.0.1', port))
        self.socket.settimeout(10)
        self.read = b''
        self.until(b'\r\n')
        self.send(b'CONNECT ' + options + b'\r\n')

    def send(self, data):
        self.socket.sendall(data)

    # Waits for these bytes from the server.
    def until(self, end):
        while end not in self.read:
            chunk = self.socket.recv(65536)
            if not chunk:
                raise EOFError(self.read)
            self.read += chunk
        self.read = self.read.split(end, 1)[1]

    def closed(self):
        while self.socket.recv(65536):
            pass


# verbose: every command is acknowledged, or refused
v = Client(b'{"verbose":true,"user":"%s","pass":"%s"}' % (user.encode(), password.encode()))
v.until(b'+OK\r\n')
v.send(b'SUB py.v 1\r\nPUB py.v 5\r\nhello\r\nPUB secret.a 1\r\nx\r\nUNSUB 1\r\n')
for answer in [b'+OK\r\n', b'+OK\r\n', b'hello\r\n', b"-ERR 'Permissions", b'+OK\r\n']:
    v.until(answer)
v.socket.close()

# mixed case, tabs, several spaces; a request byte by byte; an inbox that gets two replies
c = Client(b'{"verbose":false,"headers":true,"no_responders":true}')
c.send(b'sub\tpy.svc   1\r\nSub _INBOX.py.* 2\r\npIng\r\n')
c.until(b'PONG\r\n')
for byte in b'pub  py.svc\t_INBOX.py.a  5\r\nfirst\r\n':
    c.send(bytes([byte]))
c.until(b'first\r\n')
c.send(b'PUB _INBOX.py.a 3\r\none\r\nPUB _INBOX.py.a 3\r\ntwo\r\n')
c.until(b'two\r\n')
c.send(b'HPUB py.none _INBOX.py.b 17 17\r\nNATS/1.0\r\nA:b\r\n\r\n\r\n')
c.until(b'503')
c.send(b'UNSUB 1\r\nPING\r\n')
c.until(b'PONG\r\n')
c.send(b'HELP\r\n')
c.until(b"-ERR 'Unknown Protocol Operation'\r\n")
c.closed()

# a login that fails
w = Client(b'{"verbose":false,"user":"%s","pass":"wrong-%s"}' % (user.encode(), password.encode()))
w.until(b"-ERR 'Authorization Violation'\r\n")
w.closed()
