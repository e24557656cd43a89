import { expect, test } from 'vitest'
import { createEnding } from '../src/ending.ts'
import { keepingLogger } from './keeping-logger.ts'

const never = () => new Promise<never>(() => undefined)

test('what hangs or fails is told and kept, and keeps nothing else from its end', async () => {
  const { logger, lines } = keepingLogger()
  const ending = createEnding(logger)
  const ended: string[] = []
  const boom = new Error('boom')
  await ending.of('the hanging', 10, never)
  await ending.of('the failing', 10, () => Promise.reject(boom))
  await ending.of('the sound', 10, async () => void ended.push('sound'))
  expect(ended).toEqual(['sound'])
  const told = ['the hanging did not end: no answer within 10 ms', 'the failing did not end: boom']
  expect(lines.map(({ level, message }) => [level, message])).toEqual(
    told.map((message) => ['error', message]),
  )
  expect(() => ending.throwIfIncomplete()).toThrow(
    expect.objectContaining({
      name: 'AggregateError',
      message: `the host has stopped, but ${told.join('; ')}`,
      errors: [expect.objectContaining({ name: 'DeadlineError' }), boom],
    }),
  )
})

test('an end that is complete throws nothing', async () => {
  const { logger, lines } = keepingLogger()
  const ending = createEnding(logger)
  await ending.of('the sound', 10, () => Promise.resolve())
  ending.throwIfIncomplete()
  expect(lines).toEqual([])
})
