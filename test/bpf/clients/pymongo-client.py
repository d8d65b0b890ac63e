# PyMongo: pymongo-client.py PORT. Says what it has asked, a line of JSON for each command: [name, database, collection, failed].
import json
import sys
import pymongo
from pymongo import monitoring


class Told(monitoring.CommandListener):
    def __init__(self):
        self.begun = {}

    def started(self, event):
        first = event.command.get('collection', event.command.get(event.command_name))
        place = first if isinstance(first, str) else None
        self.begun[event.request_id] = [event.command_name, event.database_name, place]

    def succeeded(self, event):
        self.say(event, len(event.reply.get('writeErrors', [])) > 0)

    def failed(self, event):
        self.say(event, True)

    def say(self, event, failed):
        print(json.dumps(self.begun[event.request_id] + [failed]))


def connect(**more):
    return pymongo.MongoClient('127.0.0.1', int(sys.argv[1]), event_listeners=[Told()], retryWrites=False, **more)


client = connect()
db = client.pyshop
db.items.insert_many([{'_id': i, 'name': 'item %d' % i} for i in range(50)])
assert len(list(db.items.find({}, batch_size=20))) == 50
db.items.update_one({'_id': 3}, {'$set': {'name': 'ü'}})
db.items.delete_many({'_id': {'$gte': 40}})
assert db.items.count_documents({}) == 40
db.items.distinct('name')
db.command('ping')

# no answer is wanted; this server answers all the same, so that the connection is of no use any more
for i in range(3):
    quiet = connect()
    quiet.pyshop.get_collection('quiet', write_concern=pymongo.WriteConcern(w=0)).insert_one({'_id': i})
    while db.quiet.count_documents({}) != i + 1:
        pass
    quiet.close()

for wrong in (lambda: db.command('nosuchcommand'), lambda: db.items.insert_one({'_id': 1})):
    try:
        wrong()
    except pymongo.errors.PyMongoError:
        pass

# a login with a password as it is
account = connect(username='tester', password=sys.argv[2], authSource='$external', authMechanism='PLAIN')
try:
    account.pyshop.command('ping')
except pymongo.errors.PyMongoError:
    pass
