import { createHash } from 'node:crypto'
import { NanoclawError } from '@nanoclaw/schema/plain'

/** What JSON can say. */
export type Json =
  string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json }

/** Deeper is nothing that a person would read; a recursion has to end somewhere. */
const deepest = 64

function refuse(found: string): never {
  throw new NanoclawError('bad-content', `expected JSON, found ${found}`)
}

function write(value: unknown, depth: number): string {
  if (depth > deepest) return refuse(`more than ${deepest} levels`)
  if (value === null || typeof value === 'boolean' || typeof value === 'string') {
    return JSON.stringify(value)
  }
  if (typeof value === 'number') {
    return Number.isFinite(value) ? JSON.stringify(value) : refuse(String(value))
  }
  if (Array.isArray(value)) return `[${value.map((one) => write(one, depth + 1)).join(',')}]`
  if (typeof value !== 'object') return refuse(typeof value)
  const parts = Object.entries(value)
    .filter(([, one]) => one !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, one]) => `${JSON.stringify(name)}:${write(one, depth + 1)}`)
  return `{${parts.join(',')}}`
}

/**
 * One text for one meaning: members sorted by UTF-16 code units, no white space, numbers as
 * ECMAScript writes them (RFC 8785). Members that are undefined are left out. Throws `bad-content`
 * for what JSON cannot say, and for more than 64 levels.
 */
export function canonicalJson(value: unknown): string {
  return write(value, 0)
}

/** SHA-256 of a text's UTF-8, in hexadecimal. */
export function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex')
}
