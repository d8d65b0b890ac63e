# pika: amqp-client.py PORT; says as JSON what it has sent and received
import json
import sys
import pika

published, received = [], []
parameters = pika.ConnectionParameters('127.0.0.1', int(sys.argv[1]), heartbeat=1)
connection = pika.BlockingConnection(parameters)
channel = connection.channel()
channel.queue_declare('py.q')


def send(key, content, properties=None):
    published.append(['', key, len(content)])
    channel.basic_publish('', key, content, properties)


# a transaction that is committed, and one that is not
channel.tx_select()
send('py.q', b'committed', pika.BasicProperties(content_type='text/plain', headers={'n': 1, 'password': 'p'}))
channel.tx_commit()
send('py.q', b'rolled back')
channel.tx_rollback()

# heartbeats while nothing happens
connection.sleep(2.5)

other = connection.channel()
for method, _properties, content in other.consume('py.q', inactivity_timeout=10):
    received.append([method.exchange, method.routing_key, len(content)])
    other.basic_ack(method.delivery_tag)
    break
other.cancel()
other.basic_recover(requeue=True)
other.queue_purge('py.q')
other.queue_delete('py.q')
for wrong in [lambda c: c.basic_publish('py.no-exchange', 'py.k', b'x'), lambda c: c.queue_delete('py.absent', if_unused=True)]:
    third = connection.channel()
    wrong(third)
    try:
        third.queue_declare('py.absent', passive=True)
    except pika.exceptions.ChannelClosedByBroker:
        pass
published.append(['py.no-exchange', 'py.k', 1])
connection.close()

# a login that fails
try:
    credentials = pika.PlainCredentials('guest', 'wrong-password')
    pika.BlockingConnection(pika.ConnectionParameters('127.0.0.1', int(sys.argv[1]), credentials=credentials))
    raise SystemExit('not refused')
except pika.exceptions.AMQPConnectionError:
    pass
print(json.dumps({'published': published, 'received': received, 'returned': []}))
