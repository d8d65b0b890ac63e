# pg8000, named statements and binary values: pg8000-client.py PORT
import datetime
import decimal
import sys
import uuid
import pg8000

db = pg8000.connect(user='plain', host='127.0.0.1', port=int(sys.argv[1]), database='shop')
cursor = db.cursor()
cursor.execute('create table python (id int4, big int8, real float8, ok bool, name text, at timestamp, zoned timestamptz, '
               'day date, bytes bytea, id2 uuid, price numeric)')
zone = datetime.timezone.utc
for i in range(3):
    cursor.execute('insert into python values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)', (
        i - 1, (i - 1) * 10_000_000_000, i * 0.25, i % 2 == 0, ['Käse', "it's", None][i],
        datetime.datetime(2020, 2, 3, 4, 5, 6, i * 450000), datetime.datetime(1999, 12, 31, 23, 59, 59, 500000, zone),
        datetime.date(2024, 2, 29), b'\x00\xffhi', uuid.UUID(int=i + 1), decimal.Decimal('-12345.6780')))
cursor.execute('select id, name from python where id >= %s order by id', (0,))
cursor.fetchall()
cursor.execute('select * from python where id > %s', (99,))
cursor.fetchall()
try:
    cursor.execute('select * from absent where a = %s', (1,))
except pg8000.ProgrammingError:
    db.rollback()
try:
    cursor.execute('select 1 / %s', (0,))
except pg8000.ProgrammingError:
    db.rollback()
cursor.execute('select 7 as last')
cursor.fetchall()
db.commit()
db.close()
