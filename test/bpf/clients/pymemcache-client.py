# pymemcache, text protocol: pymemcache-client.py PORT
import sys
from pymemcache.client.base import Client
from pymemcache.exceptions import MemcacheError

client = Client(('127.0.0.1', int(sys.argv[1])), default_noreply=False)
assert client.set('py:text', 'größe\r\nEND\r\n'.encode(), expire=60, flags=7)
assert client.get('py:text') == 'größe\r\nEND\r\n'.encode()
assert client.get('py:absent') is None
assert not client.add('py:text', 'again')
assert client.append('py:text', '!')
client.set_many({f'py:{i}': f'value {i}' for i in range(50)})
assert len(client.get_many([f'py:{i}' for i in range(0, 100, 2)])) == 25
for i in range(50):
    assert client.get(f'py:{i}') == f'value {i}'.encode()

# nobody waits for these
client.set_many({f'py:quiet:{i}': 'x' for i in range(20)}, noreply=True)
client.delete('py:quiet:0', noreply=True)
assert client.get('py:quiet:0') is None
assert client.get('py:quiet:1') == b'x'

value, unique = client.gets('py:1')
assert client.cas('py:1', 'new', unique)
assert client.cas('py:1', 'newer', unique) is False
assert client.cas('py:absent', 'x', unique) is None
client.set('py:n', '10')
assert client.incr('py:n', 5) == 15
assert client.decr('py:n', 1) == 14
assert client.incr('py:absent', 1) is None
assert client.touch('py:n', 100)
assert client.delete('py:n')
assert not client.delete('py:n')

large = b'x' * 700_000
assert client.set('py:large', large)
assert client.get('py:large') == large

for wrong in (lambda: client.incr('py:text', 1), lambda: client.set('py:huge', b'x' * 2_000_000)):
    try:
        wrong()
        raise AssertionError('no error')
    except MemcacheError:
        pass
client.version()
client.flush_all()
client.quit()
