# The driver for Python: cassandra-driver.py PORT VERSION [wait]; version 0: what both ends know. With `wait`, it connects and goes
# on when it is told to on stdin.
import datetime
import sys
import uuid

from cassandra.auth import PlainTextAuthProvider
from cassandra.cluster import Cluster
from cassandra.concurrent import execute_concurrent_with_args
from cassandra.query import BatchStatement, SimpleStatement

port, version = int(sys.argv[1]), int(sys.argv[2])
cluster = Cluster(
    ['127.0.0.1'],
    port=port,
    auth_provider=PlainTextAuthProvider('cassandra', 'cassandra'),
    idle_heartbeat_interval=0,
    # Else the connection is given up whose answers take a cold server 2 s: then they are rightly missing.
    control_connection_timeout=60,
    **({'protocol_version': version} if version else {})
)
session = cluster.connect()
if len(sys.argv) > 3:
    print('connected', flush=True)
    sys.stdin.readline()
    for i in range(5):
        session.execute("SELECT key FROM system.local WHERE key = 'late%d'" % i)
    cluster.shutdown()
    sys.exit()

name = 'py%d' % version
session.execute("CREATE KEYSPACE %s WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}" % name)
session.execute('CREATE TYPE %s.place (city text, zip int)' % name)
session.execute(
    'CREATE TABLE %s.kinds (id uuid PRIMARY KEY, n bigint, big varint, ratio double, day date, at time, spot inet, '
    'seen map<text, int>, pair frozen<tuple<int, text>>, home frozen<place>, raw blob)' % name
)
insert = session.prepare(
    'INSERT INTO %s.kinds (id, n, big, ratio, day, at, spot, seen, pair, raw) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)' % name
)
session.execute(
    insert,
    [
        uuid.UUID('00112233-4455-6677-8899-aabbccddeeff'), 2 ** 53 + 1, 10 ** 20, 0.5, datetime.date(2015, 6, 30),
        datetime.time(17, 29, 0, 5), '127.0.0.2', {'k': 7}, (1, 'zwei'), b'\0\xff',
    ],
)
session.execute('SELECT * FROM %s.kinds' % name)
session.execute('CREATE TABLE %s.items (id int PRIMARY KEY, name text)' % name)
put = session.prepare('INSERT INTO %s.items (id, name) VALUES (?, ?)' % name)
execute_concurrent_with_args(session, put, [(i, 'item %d' % i) for i in range(200)], concurrency=50)
rows = list(session.execute(SimpleStatement('SELECT id, name FROM %s.items' % name, fetch_size=60)))
assert len(rows) == 200

batch = BatchStatement()
for i in range(10):
    batch.add(put, (i, 'b' * 200))
session.execute(batch)

traced = session.execute('SELECT name FROM %s.items WHERE id = 5' % name, trace=True)
assert traced.response_future.get_query_trace_ids()
session.execute('SELECT name FROM %s.items WHERE id = %%s' % name, (6,))
large = 'x' * 400000
session.execute(put, (1000, large))
assert session.execute('SELECT name FROM %s.items WHERE id = 1000' % name).one().name == large
for wrong in ('SELEC 1', 'SELECT nope FROM %s.items' % name):
    try:
        session.execute(wrong)
    except Exception:
        pass
cluster.shutdown()
