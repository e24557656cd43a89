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
