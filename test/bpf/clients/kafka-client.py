# kafka-python: kafka-client.py PORT: produces to two partitions, and reads them
import itertools
import sys
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

server = f'127.0.0.1:{sys.argv[1]}'
version = (1, 0, 0)

producer = KafkaProducer(bootstrap_servers=server, client_id='py', api_version=version, linger_ms=50)
for i in range(25):
    producer.send('python', f'message {i}'.encode(), partition=i % 2)
producer.flush()
producer.close()

consumer = KafkaConsumer(
    bootstrap_servers=server, client_id='py', api_version=version, consumer_timeout_ms=60000, auto_offset_reset='earliest'
)
consumer.assign([TopicPartition('python', 0), TopicPartition('python', 1)])
print(sum(1 for _ in itertools.islice(consumer, 25)))
consumer.close()
