import type { Kernel, KernelObject } from './kernel.js'

/** The kernel, but nothing is attached: objects are loaded, as its verifier and its policy decide, and that is all. */
export function unattached(kernel: Kernel): Kernel {
  return {
    source: kernel.source,
    host: kernel.host,
    ended: kernel.ended,
    open: (object, setup) => silent(kernel.open(object, setup)),
    tick: () => kernel.tick(),
    cgroupOf: () => undefined,
    close: () => kernel.close(),
  }
}

function silent(object: KernelObject): KernelObject {
  return {
    attach: (probe) => ({ probe, error: undefined, detach: () => undefined }),
    drain: () => 0,
    watch: () => undefined,
    readMap: () => 0,
    writeMap: (map, entries, n) => object.writeMap(map, entries, n),
    losses: () => ({}),
    programs: () => ({}),
    close: () => object.close(),
  }
}
