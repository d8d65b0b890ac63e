# http.client, one connection kept alive: http-client.py PORT
import http.client
import sys

connection = http.client.HTTPConnection('127.0.0.1', int(sys.argv[1]))
for i in range(20):
    connection.request('GET', f'/static/{"1k.txt" if i % 2 else "100k.txt"}?by=python&n={i}')
    connection.getresponse().read()
for status in (200, 201, 204, 404, 500):
    connection.request('GET', f'/status/{status}')
    connection.getresponse().read()
connection.request('POST', '/post?by=python', body=b'\x00\xff' * 500, headers={'Content-Type': 'application/octet-stream'})
connection.getresponse().read()
connection.request('HEAD', '/static/1m.txt')
connection.getresponse().read()
connection.close()
