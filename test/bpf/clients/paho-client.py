# paho-mqtt: paho-client.py PORT VERSION(31, 311, 5) USER PASSWORD
import sys
import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

PORT, VERSION, USER, PASSWORD = sys.argv[1:]
PROTOCOL = {'31': mqtt.MQTTv31, '311': mqtt.MQTTv311, '5': mqtt.MQTTv5}[VERSION]
FIVE = VERSION == '5'
seen = {'connected': 0, 'subscribed': 0, 'unsubscribed': 0, 'message': 0, 'published': 0, 'disconnected': 0}


def count(what):
    def handler(*_):
        seen[what] += 1
    return handler


client = mqtt.Client(client_id=f'paho{VERSION}', protocol=PROTOCOL)
client.on_connect = count('connected')
client.on_subscribe = count('subscribed')
client.on_unsubscribe = count('unsubscribed')
client.on_message = count('message')
client.on_publish = count('published')
client.on_disconnect = count('disconnected')


def wait(what, n=1):
    for _ in range(2000):
        if seen[what] >= n:
            seen[what] -= n
            return
        client.loop(0.01)
    raise TimeoutError(what)


def properties(kind, **values):
    made = Properties(kind)
    for name, value in values.items():
        setattr(made, name, value)
    return {'properties': made} if FIVE else {}


client.username_pw_set(USER, PASSWORD)
client.will_set('wills/paho', 'gone', qos=1, retain=True)
client.connect('127.0.0.1', int(PORT), 60)
wait('connected')
if FIVE:
    client.subscribe([('paho/#', SubscribeOptions(qos=2)), ('other/+', SubscribeOptions(qos=1, noLocal=True))])
else:
    client.subscribe([('paho/#', 2), ('other/+', 1)])
wait('subscribed')
for qos in (0, 1, 2):
    for i in range(5):
        client.publish(f'paho/{qos}/{i}', f'größe {i}', qos=qos)
wait('message', 15)
wait('published', 15)
if FIVE:
    client.publish('paho/alias', 'first', **properties(PacketTypes.PUBLISH, TopicAlias=3, UserProperty=('k', 'v')))
    client.publish('', 'second', **properties(PacketTypes.PUBLISH, TopicAlias=3))
    wait('message', 2)
    wait('published', 2)
client.publish('secret/plan', 'denied', qos=1)
wait('published')
large = 'x' * 2_000_000
client.publish('paho/large', large, qos=2)
wait('message')
wait('published')
client._send_pingreq()
while client._ping_t != 0:
    client.loop(0.01)
client.unsubscribe(['paho/#', 'never'])
wait('unsubscribed')
client.disconnect()
wait('disconnected')
