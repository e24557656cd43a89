import { createMemoryCore } from '@nanoclaw/core/testing'
import { expect, it } from 'vitest'
import { askedKind, createOpenQuestions } from '../../src/delivery/open-questions.ts'

it('questions that stand open are known by the session whose messages they are about', async () => {
  await using core = await createMemoryCore()
  const ask = (subject: string, kind = askedKind) =>
    core.incidents.open({ kind, subject, message: 'did it arrive?', sessionId: 'sess-1' })
  await ask('out-1')
  await ask('out-2')
  await ask('out-3')
  await ask('sess-1', 'delivery-failed')
  await core.incidents.resolve(askedKind, 'out-2')
  const questions = createOpenQuestions(core)
  await questions.load()
  expect(questions.of('sess-1')).toEqual(['out-1', 'out-3'])
  expect(questions.of('sess-2')).toEqual([])
})
