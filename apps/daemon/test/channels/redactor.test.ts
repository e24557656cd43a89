import { inspect } from 'node:util'
import {
  isRetryableDeliveryError,
  meaningOfDeliveryError,
  RetryableDeliveryError,
  TerminalDeliveryError,
  UnknownOutcomeError,
} from '@nanoclaw/adapters'
import { expect, it } from 'vitest'
import { createRedactor, secretsOf } from '../../src/channels/redactor.ts'
import type { OptionField } from '../../src/channels/option-fields.ts'

const canary = 'canary/7f3a+x'

const field = (name: string, isSecret: boolean): OptionField => ({
  name,
  title: name,
  description: undefined,
  kind: 'text',
  choices: [],
  default: undefined,
  isSecret,
  isRequired: false,
})

it('knows as secrets what the schema marks and what came from the environment', () => {
  const entry = { options: { url: 'http://a', token: canary }, fromEnvironment: ['from-env'] }
  expect(secretsOf(entry, [field('url', false), field('token', true)])).toEqual([
    'from-env',
    canary,
  ])
})

it('takes for a secret what the schema does not name', () => {
  const entry = { options: { extra: 'not-known' }, fromEnvironment: [] }
  expect(secretsOf(entry, [field('url', false)])).toEqual(['not-known'])
})

it('takes every text for a secret where the schema does not describe itself', () => {
  const entry = { options: { a: 'aaaa', b: { c: ['cccc', 4] } }, fromEnvironment: [] }
  expect(secretsOf(entry, undefined)).toEqual(['aaaa', 'cccc'])
})

it('takes secrets out of texts, as they are and as they stand in an address', () => {
  const { text } = createRedactor([canary, 'abc'])
  expect(text(`GET /bot${canary}/me`)).toBe('GET /bot[secret]/me')
  expect(text(`GET /?t=${encodeURIComponent(canary)}`)).toBe('GET /?t=[secret]')
  expect(text('too short to be one: abc')).toBe('too short to be one: abc')
})

it('copies an error without secrets: what it means is kept, what else it carries is not', () => {
  class RequestError extends Error {
    override readonly name = 'RequestError'
    readonly code = 'E_TOKEN'
    readonly config = { headers: { authorization: `Bearer ${canary}` } }
    readonly list = [canary]
  }
  const error = new RequestError(`a ${canary}`, { cause: new Error(`b ${canary}`) })
  const copy = createRedactor([canary]).error(error)
  expect(String(copy)).toBe('RequestError: a [secret]')
  expect(copy).toMatchObject({ code: 'E_TOKEN', cause: { message: 'b [secret]' } })
  expect(inspect(copy, { depth: 9 })).not.toContain(canary)
  expect(error.message).toBe(`a ${canary}`)
})

it.each([
  new RetryableDeliveryError(canary, { retryAfterMs: 7 }),
  new TerminalDeliveryError(canary),
  new UnknownOutcomeError(canary),
])('keeps what %s says of a delivery', (error) => {
  const copy = createRedactor([canary]).error(error)
  expect(meaningOfDeliveryError(copy)).toBe(meaningOfDeliveryError(error))
  expect(copy).toMatchObject({ message: '[secret]', name: error.name })
  expect(isRetryableDeliveryError(copy) && copy.retryAfterMs).toBe(
    isRetryableDeliveryError(error) && error.retryAfterMs,
  )
})

it('reads errors of every kind', () => {
  const { error } = createRedactor([canary])
  const dom = error(new DOMException(`dom ${canary}`, 'AbortError'))
  expect(String(dom)).toBe('AbortError: dom [secret]')
  const all = error(new AggregateError([new Error(canary)], 'all'))
  expect(all).toMatchObject({ message: 'all', errors: [{ message: '[secret]' }] })
  expect(error({ why: canary })).toEqual({ why: '[secret]' })
  const hostile = Object.defineProperty(new Error('x'), 'code', {
    get: () => JSON.parse('{'),
  })
  expect(String(error(hostile))).toBe('Error: x')
})

it('knows a secret of several lines in JSON, too', () => {
  const key = '-----BEGIN KEY-----\nabc"def\n-----END KEY-----'
  const { text } = createRedactor([key])
  expect(text(`refused ${JSON.stringify({ key })}`)).toBe('refused {"key":"[secret]"}')
})

it('takes them out of log lines at any depth', () => {
  const lines: unknown[] = []
  const write = (details: object, message: string): void => void lines.push([details, message])
  const logger = { debug: write, info: write, warn: write, error: write }
  const circle: Record<string, unknown> = { token: canary }
  circle.self = circle
  createRedactor([canary])
    .logger(logger)
    .warn(
      {
        url: [`x${canary}`],
        [canary]: new Error(canary),
        dom: new DOMException(canary),
        map: new Map([[canary, new URL(`http://a/?t=${canary}`)]]),
        circle,
      },
      `m ${canary}`,
    )
  expect(lines).toHaveLength(1)
  expect(JSON.stringify(lines)).not.toContain(canary)
  expect(JSON.stringify(lines)).toContain('m [secret]')
})
