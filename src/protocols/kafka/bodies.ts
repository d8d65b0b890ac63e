import { APIS, type Api, KEY } from './apis.js'
import { type Fields, fields } from './schema.js'
import { type Surroundings, Walk } from './walk.js'

/** UNSUPPORTED_VERSION: the client's ApiVersions is too new, and the answer begins as one of version 0. */
export const UNSUPPORTED = 35
const REFUSAL = fields('error_code:error')

/** Reads the body of a request; null: it is not known. A header with tagged fields comes first in flexible versions. */
export function requestWalk(key: number, version: number, around: Surroundings): Walk | null {
  const api = APIS.get(key)
  return api?.message === undefined ? null : walk(api, api.message.request, version, version >= api.flexible, around)
}

/** Reads the body of the answer to a request; `first`: its first two bytes, as far as that matters. */
export function responseWalk(key: number, version: number, first: number, around: Surroundings): Walk | null {
  const api = APIS.get(key)
  if (api?.message === undefined) return null
  const { response } = api.message
  if (key !== KEY.apiVersions) return walk(api, response, version, version >= api.flexible, around)
  // KIP-511: a client must read this answer before it knows which versions the server speaks.
  return first === UNSUPPORTED
    ? new Walk(REFUSAL, 0, false, false, around)
    : walk(api, response, version, false, around)
}

function walk(api: Api, fields: Fields, version: number, header: boolean, around: Surroundings): Walk | null {
  return version > api.latest ? null : new Walk(fields, version, version >= api.flexible, header, around)
}
