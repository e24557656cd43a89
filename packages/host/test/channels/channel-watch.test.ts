import { createTerminalAdapter } from '@nanoclaw/adapters/terminal'
import { createMemoryCore } from '@nanoclaw/core/testing'
import { expect, onTestFinished, test } from 'vitest'
import { minute, played, watchOver } from './watching.ts'

test('a channel that is down for long is one incident with its age and why, until it is back [S9]', async () => {
  const { adapter, become } = played('work')
  const { pass, open } = await watchOver([adapter])
  await pass(60 * minute)
  become({ state: 'down', why: 'the token is refused' })
  await pass(5 * minute)
  expect(await open()).toEqual([])
  await pass(minute)
  expect(await open()).toEqual([
    {
      subject: 'memory/work',
      message: 'the channel memory/work has been in trouble for 5 min: the token is refused',
    },
  ])
  become({ state: 'down', why: 'the token is refused, and another reason' })
  await pass(60 * minute)
  expect(await open()).toHaveLength(1)
  become({ state: 'connected' })
  await pass(minute)
  expect(await open()).toEqual([])
})

test('it is stopped and started again, later and later, until it works [S9]', async () => {
  const { adapter, calls, become, starts } = played()
  const { pass } = await watchOver([adapter])
  become({ state: 'down', why: 'gone' })
  await pass(6 * minute)
  expect(calls).toEqual(['start', 'stop', 'start'])
  await pass(8 * minute)
  expect(starts()).toBe(2)
  await pass(3 * minute)
  expect(starts()).toBe(3)
  await pass(24 * 60 * minute)
  expect(starts()).toBeGreaterThan(24)
  expect(starts()).toBeLessThan(32)
  become({ state: 'connected' })
  await pass(10 * minute)
  const before = starts()
  become({ state: 'down', why: 'gone' })
  await pass(6 * minute)
  expect(starts()).toBe(before + 1)
})

test('a channel that is down for a moment now and then is left alone', async () => {
  const { adapter, become, starts } = played()
  const { pass, open } = await watchOver([adapter])
  for (let n = 0; n < 20; n += 1) {
    become({ state: 'down', why: 'gone' })
    await pass(4 * minute)
    become({ state: 'connected' })
    await pass(minute)
  }
  expect(await open()).toEqual([])
  expect(starts()).toBe(1)
})

test('a machine that slept, or a process that stood still, finds no channel guilty', async () => {
  const { adapter, become, starts } = played()
  const { pass, standStill, open } = await watchOver([adapter])
  become({ state: 'down', why: 'no network' })
  await pass(minute)
  standStill(24 * 60 * minute)
  await pass(minute)
  expect(await open()).toEqual([])
  expect(starts()).toBe(1)
})

test('a terminal that nobody has opened is no trouble', async () => {
  const terminal = createTerminalAdapter()
  const { pass, open } = await watchOver([terminal])
  expect(terminal.health()).toMatchObject({ state: 'down', idle: true })
  await pass(24 * 60 * minute)
  expect(await open()).toEqual([])
})

test('connected, though no send gets through: down, until one does [S9]', async () => {
  const { adapter, starts } = played()
  const { channels, pass, open } = await watchOver([adapter])
  const { length } = await open()
  expect(length).toBe(0)
  for (const reason of ['first', 'second', 'the socket is closed']) {
    channels.noteSend(adapter, reason)
  }
  await pass(6 * minute)
  expect(await open()).toMatchObject([
    {
      message:
        'the channel memory has been in trouble for 5 min: it says that it is connected, but none of its last 3 sends got through: the socket is closed',
    },
  ])
  expect(starts()).toBe(2)
  await pass(60 * minute)
  expect(starts(), 'nothing new has failed').toBe(2)
  channels.noteSend(adapter)
  await pass(minute)
  expect(await open()).toEqual([])
})

test('connected and silent for long: it is started again, and down only if it proves nothing then [S9]', async () => {
  const { adapter, become, starts } = played()
  const { pass, open } = await watchOver([adapter])
  become({ lastProof: '2026-01-31T12:00:00.000Z' })
  await pass(59 * minute)
  become({ lastProof: '2026-01-31T12:59:00.000Z' })
  await pass(59 * minute)
  expect(starts()).toBe(1)
  await pass(2 * minute)
  expect(starts()).toBe(2)
  await pass(4 * minute)
  expect(await open()).toEqual([])
  await pass(2 * minute)
  expect(await open()).toMatchObject([
    { message: expect.stringContaining('the last proof of it is of 2026-01-31T12:59:00.000Z') },
  ])
  become({ lastProof: '2026-01-31T14:10:00.000Z' })
  await pass(minute)
  expect(await open()).toEqual([])
})

test('a quiet night is no incident where the channel proves itself when it is started', async () => {
  const { adapter, become, starts } = played()
  become({ lastProof: 'proof 0' })
  adapter.start = async () => void become({ lastProof: `proof ${Math.random()}` })
  const { pass, open } = await watchOver([adapter])
  await pass(24 * 60 * minute)
  expect(starts()).toBe(0)
  expect(await open()).toEqual([])
})

test('one that never gives a proof is not judged by it', async () => {
  const { adapter, starts } = played()
  const { pass, open } = await watchOver([adapter])
  await pass(48 * 60 * minute)
  expect(await open()).toEqual([])
  expect(starts()).toBe(1)
})

test('while it is started again it is down for whoever sends, and so it stays if it cannot', async () => {
  const { adapter, become } = played()
  const { channels, pass, lines } = await watchOver([adapter])
  const stopped = Promise.withResolvers<void>()
  adapter.stop = () => stopped.promise
  adapter.start = () => Promise.reject(new Error('wrong token'))
  become({ state: 'down', why: 'slow' })
  await pass(6 * minute)
  become({ state: 'connected' })
  expect(channels.health(adapter)).toMatchObject({
    state: 'down',
    why: 'it is being started again',
  })
  stopped.resolve()
  await new Promise(setImmediate)
  expect(channels.health(adapter)).toMatchObject({
    state: 'down',
    why: 'it could not be started again: wrong token',
  })
  expect(lines.at(-1)?.message).toBe('the channel memory could not be started: wrong token')
  adapter.start = async () => undefined
  await pass(11 * minute)
  expect(channels.health(adapter).state).toBe('connected')
})

test('one that does not stop is started again all the same, when the time is up', async () => {
  const { adapter, become, starts } = played()
  const change = { deliveryTimeoutMs: -4_990 }
  const { pass } = await watchOver([adapter], { change })
  adapter.stop = () => new Promise(() => undefined)
  become({ state: 'down', why: 'gone' })
  await pass(6 * minute)
  while (starts() < 2) await new Promise(setImmediate)
})

test('a channel that is stopped for good is not started again', async () => {
  const { adapter, calls, become } = played()
  const { channels, watch, pass } = await watchOver([adapter])
  const stopping = Promise.withResolvers<void>()
  adapter.stop = async () => {
    calls.push('stop')
    await stopping.promise
  }
  become({ state: 'down', why: 'gone' })
  await pass(6 * minute)
  await watch.stop()
  const ended = channels.stop(1_000)
  stopping.resolve()
  await ended
  expect(calls).toEqual(['start', 'stop'])
})

test('what an earlier process has told of is resolved when the channel is back, or is there no more', async () => {
  const core = await createMemoryCore()
  onTestFinished(() => core.close())
  for (const subject of ['memory', 'telegram']) {
    await core.incidents.open({ kind: 'channel-down', subject, message: 'down' })
  }
  await core.incidents.open({ kind: 'channel-failed', subject: 'memory', message: 'not ours' })
  const { pass } = await watchOver([played().adapter], { core })
  const open = async () =>
    (await core.incidents.list({ open: true })).map(({ kind, subject }) => `${kind} ${subject}`)
  await pass(minute)
  expect(await open()).toEqual(['channel-down telegram', 'channel-failed memory'])
  await pass(5 * minute)
  expect(await open()).toEqual(['channel-failed memory'])
})

test('an incident that could not be written is written at the next look', async () => {
  const core = await createMemoryCore()
  onTestFinished(() => core.close())
  const { adapter, become } = played()
  const { pass, open, lines } = await watchOver([adapter], { core })
  core.faults.failAt('incidents.open', 1)
  become({ state: 'down', why: 'gone' })
  await pass(6 * minute)
  expect(await open()).toHaveLength(1)
  expect(lines.map(({ message }) => message)).toContainEqual(
    expect.stringContaining('could not be noted'),
  )
})

test('an incident that was resolved by hand comes again while the channel is still down', async () => {
  const { adapter, become } = played()
  const { core, pass, open } = await watchOver([adapter])
  become({ state: 'down', why: 'gone' })
  await pass(6 * minute)
  await core.incidents.resolve('channel-down', 'memory')
  await pass(minute)
  expect(await open()).toMatchObject([{ message: expect.stringContaining('gone') }])
})
