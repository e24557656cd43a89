import type { AdapterDefinition } from '@nanoclaw/adapters'
import { createMemoryAdapter } from '@nanoclaw/adapters/memory'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { checkOptions } from '../src/channels/check-options.ts'
import { optionFields } from '../src/channels/option-fields.ts'
import { askOptions } from '../src/commands/ask-options.ts'
import { readAssignments } from '../src/commands/assignments.ts'
import type { Prompts, Question } from '../src/commands/prompts.ts'

/** Somebody at a terminal who gives these answers, one after the other. */
function person(answers: readonly (string | boolean)[]) {
  const left = [...answers]
  const asked: (Question & { readonly how: string })[] = []
  const refused: string[] = []
  const next = (how: string, question: Question): string => {
    asked.push({ how, ...question })
    const answer = left.shift()
    if (answer === undefined) throw new Error(`nobody answers: ${question.message}`)
    return String(answer)
  }
  const prompts: Prompts = {
    begin: () => {},
    during: (_what, work) => work(),
    text: async (question) => next('text', question),
    secret: async (question) => next('secret', question),
    choice: async (question) => next('choice', question),
    confirm: async (question) => next('confirm', question) === 'true',
    refuse: (why) => void refused.push(why),
    end: () => {},
  }
  return { prompts, asked, refused, left }
}

const schema = z.object({
  url: z.url({ error: 'expected an address' }).default('http://a').meta({ title: 'Address' }),
  token: z.string().min(4, 'expected four letters').meta({ title: 'Token', writeOnly: true }),
  retries: z.int({ error: 'expected a whole number' }).optional(),
  mode: z.enum(['push', 'pull']),
  fast: z.boolean().default(false),
})

async function ask(
  answers: readonly (string | boolean)[],
  before: Record<string, unknown> = {},
  options: AdapterDefinition['options'] = schema,
) {
  const definition = { channelType: 'toy', options, create: () => createMemoryAdapter() }
  const someone = person(answers)
  const given = await askOptions(
    someone.prompts,
    optionFields(definition) ?? [],
    before,
    async (current) =>
      (await checkOptions(definition, { options: current, unset: [] })).issues ?? [],
  )
  expect(someone.left).toEqual([])
  return { ...someone, given }
}

it('asks for each option in the way that suits it, and writes no default down', async () => {
  const { given, asked } = await ask(['', 'tokn', '', 'pull', true])
  expect(given).toEqual({ token: 'tokn', mode: 'pull', fast: true })
  expect(asked.map(({ how, message }) => `${how}: ${message}`)).toEqual([
    'text: Address (optional)',
    'secret: Token',
    'text: retries (optional)',
    'choice: mode',
    'confirm: fast (optional)',
  ])
  expect(asked[0]?.placeholder).toBe('http://a')
})

it('asks again, with the words of the schema, until it has nothing against the answer', async () => {
  const { given, refused } = await ask(['x', 'http://b', 'abc', 'abcd', 'two', '2', 'push', false])
  expect(given).toEqual({ url: 'http://b', token: 'abcd', retries: 2, mode: 'push', fast: false })
  expect(refused).toEqual([
    'expected an address',
    'expected four letters',
    'expected a whole number',
  ])
})

it('offers what is there already, and shows no secret', async () => {
  const before = { url: 'http://b', token: 'old-token', mode: 'push', fast: true }
  const { given, asked } = await ask(['http://b', '', '', 'push', true], before)
  expect(given).toEqual(before)
  expect(asked[0]?.initial).toBe('http://b')
  expect(JSON.stringify(asked)).not.toContain('old-token')
})

it('takes $NAME for a variable of the environment', async () => {
  const open = z.object({
    token: z.unknown().meta({ writeOnly: true }),
    room: z.string().or(z.number()),
  })
  const { given } = await ask(['$TOY_TOKEN', '$5 a month'], {}, open)
  expect(given).toEqual({ token: { env: 'TOY_TOKEN' }, room: '$5 a month' })
})

it('asks everything again when the schema refuses the whole', async () => {
  const pair = z
    .object({ a: z.string(), b: z.string() })
    .refine(({ a, b }) => a !== b, 'expected two different ones')
  const { given, refused } = await ask(['x', 'x', 'x', 'y'], {}, pair)
  expect(given).toEqual({ a: 'x', b: 'y' })
  expect(refused).toEqual(['expected two different ones'])
})

it('reads assignments, and repeats nothing of what is none', () => {
  const given = { options: ['url=http://a?b=c'], env: ['token=TOY_TOKEN'] }
  expect(readAssignments(given)).toEqual({
    options: { url: 'http://a?b=c' },
    references: { token: { env: 'TOY_TOKEN' } },
  })
  const wrong = { options: ['my-secret', '=x'], env: ['token'] }
  expect(() => readAssignments(wrong)).toThrow(
    /^expected --option NAME=VALUE; expected --env NAME=VARIABLE$/,
  )
})
