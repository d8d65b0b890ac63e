# redis-py: redis-client.py PORT
import sys
import threading
import redis

r = redis.Redis(port=int(sys.argv[1]), decode_responses=True, client_name='py')
r.flushall()

# a pipeline, with and without a transaction
with r.pipeline(transaction=False) as pipe:
    for i in range(200):
        pipe.set(f'py:{i}', f'value {i}')
        pipe.get(f'py:{i}')
    pipe.execute()
with r.pipeline() as pipe:
    pipe.hset('py:hash', mapping={'a': 1, 'b': 'zwei'})
    pipe.lpush('py:list', 'x', 'y')
    pipe.incr('py:hash')
    pipe.execute(raise_on_error=False)

# large values, both ways
large = 'x' * 3_000_000
r.set('py:large', large)
assert r.get('py:large') == large

# a consumer that waits
waiter = threading.Thread(target=lambda: redis.Redis(port=int(sys.argv[1])).blpop('py:queue', timeout=5))
waiter.start()
while not any(client['cmd'] == 'blpop' for client in r.client_list()):
    pass
r.rpush('py:queue', 'job')
waiter.join()

# channels and patterns
p = r.pubsub()
p.subscribe('py:news', 'py:other')
p.psubscribe('py:*')
for _ in range(3):
    p.get_message(timeout=5)
r.publish('py:news', 'hello')
assert p.get_message(timeout=5)['data'] == 'hello'
assert p.get_message(timeout=5)['type'] == 'pmessage'
p.unsubscribe()
p.punsubscribe()
for _ in range(3):
    p.get_message(timeout=5)
p.close()

# errors
for wrong in (('INCR', 'py:hash'), ('NOTACOMMAND', 'x')):
    try:
        r.execute_command(*wrong)
    except redis.ResponseError:
        pass
