import { type Fields, fields } from './schema.js'

/** The bodies of one API. */
export interface Message {
  readonly key: number
  readonly request: Fields
  readonly response: Fields
}

/** Defines the bodies of an API, as `fields` reads them. */
export function message(key: number, request: string, response: string): Message {
  return { key, request: fields(request), response: fields(response) }
}
