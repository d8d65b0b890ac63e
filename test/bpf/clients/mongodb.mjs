// The driver for Node: mongodb.mjs PORT [wait]. Says what it has asked, a line of JSON for each command:
// [name, database, collection, failed]. With `wait`, it connects and goes on when it is told to on stdin.
import { once } from 'node:events'
import { Binary, Long, MongoClient, ObjectId } from 'mongodb'

const [port, wait] = process.argv.slice(2)
const client = new MongoClient(`mongodb://127.0.0.1:${port}/?directConnection=true&retryWrites=false`, {
  monitorCommands: true,
  maxPoolSize: 4,
})
const started = new Map()
const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`)
client.on('commandStarted', ({ requestId, commandName, databaseName, command }) => {
  const first = command[commandName]
  started.set(requestId, [commandName, databaseName, command.collection ?? (typeof first === 'string' ? first : null)])
})
const done =
  (failed) =>
  ({ requestId }) =>
    say([...started.get(requestId), failed])
client.on('commandSucceeded', ({ requestId, reply }) => done((reply.writeErrors ?? []).length > 0)({ requestId }))
client.on('commandFailed', done(true))

await client.connect()
const db = client.db('shop')
if (wait) {
  await db.command({ ping: 1 })
  process.stdin.setEncoding('utf8')
  await once(process.stdin, 'data')
  for (let i = 0; i < 5; i++) await db.collection(`late${i}`).countDocuments({})
  await client.close()
  process.exit(0)
}

await db.command({ ping: 1 })
const items = db.collection('items')
await items.insertMany(Array.from({ length: 300 }, (_, i) => ({ _id: i, name: `item ${i}`, even: i % 2 === 0 })))
await items.find({ even: true }).sort({ _id: 1 }).batchSize(40).toArray()
await items.updateMany({ even: false }, { $set: { odd: true } })
await items.aggregate([{ $match: { odd: true } }, { $count: 'n' }]).toArray()
await items.deleteMany({ _id: { $lt: 10 } })
await items.findOneAndUpdate({ _id: 20 }, { $set: { name: 'Käse' } })
await items.countDocuments({})

// values of all types
await db.collection('types').insertOne({
  _id: new ObjectId('507f1f77bcf86cd799439011'),
  long: Long.fromString('9007199254740993'),
  bytes: new Binary(Buffer.from([0, 255])),
  when: new Date(1435685340123),
  ratio: 0.5,
  nothing: null,
  nested: { list: [1, 'zwei', true] },
})
await db.collection('types').findOne({})

// documents that take many reads and writes
const large = 'x'.repeat(3_000_000)
await db.collection('large').insertOne({ _id: 1, large })
const found = await db.collection('large').findOne({ _id: 1 })
if (found.large !== large) throw new Error('not what was put in')

// errors: of the command, and of single writes
const fails = async (promise) => {
  const ok = await promise.then(
    () => true,
    () => false,
  )
  if (ok) throw new Error('did not fail')
}
await fails(db.command({ nosuchcommand: 1 }))
await fails(items.insertOne({ _id: 100 }))
await fails(items.insertMany([{ _id: 100 }, { _id: 1000 }, { _id: 101 }], { ordered: false }))

// several connections at once
await Promise.all(Array.from({ length: 40 }, (_, i) => items.findOne({ _id: 100 + i })))
await client.close()
