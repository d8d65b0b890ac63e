# ssl: tls-client.py FOLDER PORT VERSION [CA]: a connection and another with its session; prints version and whether it was resumed.
import json
import os
import socket
import ssl
import sys

folder, port, version, ca = sys.argv[1], int(sys.argv[2]), sys.argv[3], (sys.argv[4:] or ['ca.pem'])[0]
context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
context.load_verify_locations(os.path.join(folder, ca))
context.minimum_version = context.maximum_version = getattr(ssl.TLSVersion, version)
context.set_alpn_protocols(['echo', 'http/1.1'])

session = None
said = []
for _ in range(2):
    plain = socket.create_connection(('127.0.0.1', port))
    try:
        with context.wrap_socket(plain, server_hostname='shop.example', session=session) as wrapped:
            wrapped.sendall(b'GET / HTTP/1.0\r\n\r\n')
            while wrapped.recv(4096):
                pass
            session = wrapped.session
            said.append([wrapped.version(), wrapped.session_reused])
    except ssl.SSLError as error:
        said.append(error.reason)
print(json.dumps(said))
