// memjs, binary protocol: memjs-client.mjs PORT
import memjs from 'memjs'

const client = memjs.Client.create(`127.0.0.1:${process.argv[2]}`)
const large = 'x'.repeat(700_000)
await client.set('js:text', 'größe', { expires: 60 })
for (let i = 0; i < 40; i++) await client.set(`js:${i}`, `value ${i}`, {})
// All at once: told apart by their opaque.
await Promise.all(Array.from({ length: 60 }, (_, i) => client.get(`js:${i}`)))
await client.add('js:text', 'again', {})
await client.replace('js:absent', 'x', {})
await client.increment('js:n', 5, { initial: 10 })
await client.increment('js:n', 5, { initial: 10 })
await client.decrement('js:n', 1, { initial: 0 })
await client.increment('js:text', 1, { initial: 0 }).catch(() => undefined)
await client.touch('js:text', 30)
await client.delete('js:n')
await client.set('js:large', large, {})
await client.get('js:large')
await new Promise((resolve) => client.flush(resolve))
client.quit()
