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

it('takes them out of errors and their causes, and keeps what the errors are', () => {
  class Special extends Error {
    readonly reason = `no ${canary}`
  }
  const error = new Special(`a ${canary}`, { cause: new Error(`b ${canary}`) })
  expect(createRedactor([canary]).error(error)).toBe(error)
  expect(error).toBeInstanceOf(Special)
  expect([error.message, error.reason, String(error.cause)]).toEqual([
    'a [secret]',
    'no [secret]',
    'Error: b [secret]',
  ])
  expect(error.stack).not.toContain(canary)
})

it('takes them out of log lines at any depth', () => {
  const lines: unknown[] = []
  const write = (details: object, message: string): void => void lines.push([details, message])
  const logger = { debug: write, info: write, warn: write, error: write }
  const circle: Record<string, unknown> = { token: canary }
  circle.self = circle
  createRedactor([canary])
    .logger(logger)
    .warn({ url: [`x${canary}`], [canary]: new Error(canary), circle }, `m ${canary}`)
  expect(lines).toHaveLength(1)
  expect(JSON.stringify(lines)).not.toContain(canary)
  expect(JSON.stringify(lines)).toContain('m [secret]')
})
