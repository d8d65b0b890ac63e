import type { Kernel, KernelObject } from './kernel.js'
import { unattached } from './unattached.js'

test('loads and configures, but never attaches', () => {
  const calls: string[] = []
  const object = new Proxy({} as KernelObject, {
    get: (_, name) => () => {
      calls.push(String(name))
      return 0
    },
  })
  const kernel = { source: 'live', open: () => object, close: () => calls.push('end') } as unknown as Kernel
  const tried = unattached(kernel)
  const opened = tried.open('socket_trace', { programs: ['sock_send'], constants: {}, mapSizes: {} })
  opened.writeMap('ports', Buffer.alloc(3), 1)
  const attachment = opened.attach({ program: 'sock_send' })
  expect(attachment.error).toBeUndefined()
  attachment.detach()
  opened.watch(() => undefined)
  expect(opened.drain(Buffer.alloc(8))).toBe(0)
  opened.close()
  tried.close()
  expect(calls).toEqual(['writeMap', 'close', 'end'])
})
