import { existsSync } from 'node:fs'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import type { Method, Root, Type } from 'protobufjs'
import { TracerError } from '../../lib/errors.js'
import type { Kind, Schema } from '../protocol.js'

/** As JSON: with the names of fields and enums, and nothing that was not sent. */
const JSON_OBJECT = { longs: String, enums: String, bytes: String, json: true }

/** Reads files in the language of protocol buffers, with what they import. Throws a usage error. */
export async function loadSchema(files: readonly string[]): Promise<Schema | undefined> {
  if (files.length === 0) return undefined
  const { default: protobuf } = await import('protobufjs')
  const root = new protobuf.Root()
  const common = (name: string): string | undefined => (protobuf.common.get(name) === null ? undefined : name)
  root.resolvePath = (origin, target) => common(target) ?? findImport(origin, target)
  try {
    root.loadSync([...files], { keepCase: true })
    root.resolveAll()
  } catch (error) {
    throw new TracerError('usage', `cannot use ${files.join(', ')}: ${(error as Error).message}`)
  }
  return new Methods(root, (found): found is Method => found instanceof protobuf.Method)
}

// Imports are named from a folder that only the compiler of the project knows: the file's own, or one above it.
function findImport(origin: string, target: string): string {
  if (origin === '' || isAbsolute(target)) return resolve(target)
  for (let folder = dirname(resolve(origin)); ; folder = dirname(folder)) {
    const path = join(folder, target)
    if (existsSync(path) || folder === dirname(folder)) return path
  }
}

/** The methods of a schema, by the paths of their calls. */
class Methods implements Schema {
  readonly #root: Root
  readonly #isMethod: (found: unknown) => found is Method
  readonly #known = new Map<string, Method>()

  constructor(root: Root, isMethod: (found: unknown) => found is Method) {
    this.#root = root
    this.#isMethod = isMethod
  }

  describe(path: string, kind: Kind, message: Buffer): string | undefined {
    const method = this.#find(path)
    const type = kind === 'request' ? method?.resolvedRequestType : method?.resolvedResponseType
    return type ? jsonOf(type, message) : undefined
  }

  // `/package.Service/Method`
  #find(path: string): Method | undefined {
    const known = this.#known.get(path)
    if (known !== undefined) return known
    const [name, service] = path.split('/').reverse()
    const found = name && service ? this.#root.lookup([...service.split('.'), name]) : undefined
    if (!this.#isMethod(found)) return undefined
    this.#known.set(path, found)
    return found
  }
}

function jsonOf(type: Type, message: Buffer): string | undefined {
  try {
    return JSON.stringify(type.toObject(type.decode(message), JSON_OBJECT))
  } catch {
    return undefined
  }
}
