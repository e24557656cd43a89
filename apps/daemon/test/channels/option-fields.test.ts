import type { AdapterDefinition } from '@nanoclaw/adapters'
import { createMemoryAdapter } from '@nanoclaw/adapters/memory'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { checkOptions, issueText } from '../../src/channels/check-options.ts'
import { optionFields, valueOf } from '../../src/channels/option-fields.ts'

function define(options: AdapterDefinition['options']): AdapterDefinition {
  return { channelType: 'toy', options, create: () => createMemoryAdapter() }
}

describe('the options of an adapter', () => {
  it('are described by its schema', () => {
    const fields = optionFields(
      define(
        z.object({
          url: z.url().default('http://a').meta({ title: 'Address', description: 'Where it is.' }),
          token: z.string().meta({ writeOnly: true }),
          pin: z.string().optional().meta({ format: 'password' }),
          retries: z.int().optional(),
          fast: z.boolean().default(false),
          mode: z.enum(['push', 'pull']),
          rooms: z.array(z.string()).default([]),
        }),
      ),
    )
    expect(fields).toMatchObject([
      { name: 'url', title: 'Address', description: 'Where it is.', default: 'http://a' },
      { name: 'token', title: 'token', isSecret: true, isRequired: true, kind: 'text' },
      { name: 'pin', isSecret: true, isRequired: false },
      { name: 'retries', kind: 'number', isRequired: false, isSecret: false },
      { name: 'fast', kind: 'boolean', default: false },
      { name: 'mode', kind: 'choice', choices: ['push', 'pull'], isRequired: true },
      { name: 'rooms', kind: 'json' },
    ])
  })

  const secret = () => z.string().meta({ writeOnly: true })
  const named = secret().meta({ id: 'Token', writeOnly: true })
  it.each([
    ['nullable', secret().nullable()],
    ['nullish', secret().nullish()],
    ['one of several forms', z.union([secret(), z.object({ file: z.string() })])],
    ['inside another', z.object({ auth: z.object({ token: secret() }) })],
    ['of a list', z.array(secret())],
    ['of a record', z.record(z.string(), secret())],
    ['of a tuple', z.tuple([z.string(), secret()])],
    ['a reference', named],
    ['an optional reference', named.optional()],
    ['anything', z.unknown()],
    ['a list of anything', z.array(z.any())],
    ['an object that takes more', z.looseObject({ url: z.string() })],
  ])('may be a secret that is %s', (_what, token) => {
    expect(optionFields(define(z.object({ token })))).toMatchObject([{ isSecret: true }])
  })

  it.each([
    ['a text', z.string()],
    ['a choice', z.enum(['push', 'pull'])],
    ['a number or nothing', z.number().nullish()],
    ['a list of texts', z.array(z.string()).default([])],
    ['an object', z.object({ proxy: z.object({ port: z.number() }) })],
    ['a record', z.record(z.string(), z.boolean())],
    ['a literal', z.literal(5)],
  ])('are no secret where the schema says that it is %s', (_what, option) => {
    expect(optionFields(define(z.object({ option })))).toMatchObject([{ isSecret: false }])
  })

  it('cannot be asked for where the schema does not describe itself, or will not', () => {
    const standard = {
      version: 1,
      vendor: 'toy',
      validate: (value: unknown) => ({ value }),
    } as const
    expect(optionFields(define({ '~standard': standard }))).toBeUndefined()
    expect(optionFields(define(z.object({ when: z.date() })))).toBeUndefined()
  })

  it.each([
    ['12', 'number', 12],
    ['twelve', 'number', 'twelve'],
    ['', 'number', ''],
    ['Yes', 'boolean', true],
    ['off', 'boolean', false],
    ['perhaps', 'boolean', 'perhaps'],
    ['["a"]', 'json', ['a']],
    ['[', 'json', '['],
    ['12', 'text', '12'],
  ] as const)('typed as %j for a %s are %j', (text, kind, value) => {
    expect(valueOf(text, kind)).toEqual(value)
  })

  it('are refused with the path of each issue', async () => {
    const definition = define(
      z.object({ token: z.string(), proxy: z.object({ port: z.number() }) }),
    )
    const { issues = [] } = await checkOptions(definition, {
      options: { proxy: { port: 'x' } },
      unset: [{ path: ['token'], variable: 'TOY_TOKEN' }],
    })
    expect(issues.map(issueText)).toEqual([
      'token: the environment variable TOY_TOKEN is not set',
      'proxy.port: Invalid input: expected number, received string',
    ])
  })
})
