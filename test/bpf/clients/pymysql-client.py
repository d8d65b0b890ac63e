# pymysql: pymysql-client.py PORT
import sys
import pymysql

db = pymysql.connect(host='127.0.0.1', port=int(sys.argv[1]), user='tester', password='secret', database='shop')
with db.cursor() as cursor:
    cursor.execute('create table if not exists python (id int auto_increment primary key, blobs blob)')
    cursor.executemany('insert into python (blobs) values (%s)', [(b'\x00\x01',), (b'text',), (None,)])
    cursor.execute('select * from python')
    cursor.fetchall()
    try:
        cursor.execute('select * from absent')
    except pymysql.err.ProgrammingError:
        pass
db.commit()
db.ping()
db.select_db('shop')
with db.cursor() as cursor:
    cursor.execute('drop table python')
db.close()
