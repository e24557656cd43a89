import { createConversation, createMemoryCore } from '@nanoclaw/core/testing'
import { expect, onTestFinished, test } from 'vitest'
import { createTroubles } from '../../src/session/troubles.ts'
import { keepingLogger } from '../keeping-logger.ts'

async function setUp() {
  const core = await createMemoryCore()
  onTestFinished(() => core.close())
  const { session } = await createConversation(core)
  const { logger, lines } = keepingLogger()
  const troubles = createTroubles({ core, logger })
  const open = async () =>
    (await core.incidents.list({ open: true })).map(({ kind, message, occurrences }) => ({
      kind,
      message,
      occurrences,
    }))
  return { core, session, troubles, logger, lines, open }
}

test('a flood of one trouble is two writes, and the newest words stand [L12]', async () => {
  const { core, session, troubles, open } = await setUp()
  const writes = () => core.faults.calls.filter((call) => call === 'incidents.open').length
  troubles.open(session, 'row-failed', 'message 0')
  await Promise.resolve()
  await Promise.resolve()
  for (let n = 1; n <= 1_000; n += 1) troubles.open(session, 'row-failed', `message ${n}`)
  await troubles.settled()
  expect(writes()).toBeLessThanOrEqual(2)
  expect(await open()).toMatchObject([{ kind: 'row-failed', message: 'message 1000' }])
})

test('what is over is resolved after what was told before it, and not what is told after it', async () => {
  const { session, troubles, open } = await setUp()
  troubles.open(session, 'container-fails', 'first')
  troubles.recovered(session, 'container-fails')
  await troubles.settled()
  expect(await open()).toEqual([])
  troubles.open(session, 'container-fails', 'second')
  troubles.recovered(session, 'container-fails')
  troubles.open(session, 'container-fails', 'third')
  await troubles.settled()
  expect(await open()).toEqual([{ kind: 'container-fails', message: 'third', occurrences: 1 }])
})

test('what an earlier process has told is resolved by the next one when it is over', async () => {
  const { core, session, troubles, logger, open } = await setUp()
  troubles.open(session, 'container-fails', 'again and again')
  troubles.open(session, 'row-failed', 'no answer')
  await troubles.settled()
  const next = createTroubles({ core, logger })
  next.recovered(session, 'container-fails')
  await next.settled()
  expect(await open()).toMatchObject([{ kind: 'row-failed' }])
})

test('progress without trouble asks the database nothing but once', async () => {
  const { core, session, troubles } = await setUp()
  const before = core.faults.calls.length
  for (let n = 0; n < 100; n += 1) troubles.recovered(session, 'container-fails')
  await troubles.settled()
  troubles.recovered(session, 'container-silent')
  await troubles.settled()
  expect(core.faults.calls.slice(before)).toEqual(['incidents.list'])
})

test('keep resolves when it is durable, and rejects when it cannot be', async () => {
  const { core, session, troubles, lines, open } = await setUp()
  await troubles.keep(session, 'row-failed', 'one')
  expect(await open()).toMatchObject([{ message: 'one' }])
  core.faults.failAt('incidents.open', 1)
  await expect(troubles.keep(session, 'row-failed', 'two')).rejects.toMatchObject({
    code: 'disk-full',
  })
  core.faults.failAt('incidents.open', 1)
  troubles.open(session, 'row-failed', 'three')
  await troubles.settled()
  expect(lines).toContainEqual(
    expect.objectContaining({ message: expect.stringContaining('could not be kept') }),
  )
  await troubles.keep(session, 'row-failed', 'four')
  expect(await open()).toMatchObject([{ message: 'four', occurrences: 2 }])
})
