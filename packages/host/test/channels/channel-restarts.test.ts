import { createMemoryCore } from '@nanoclaw/core/testing'
import { expect, onTestFinished, test } from 'vitest'
import { minute, played, watchOver } from './watching.ts'

/** A stop and a start have ten milliseconds each. */
const change = { deliveryTimeoutMs: -4_990 }
const silent = { lastProof: '2026-01-31T12:00:00.000Z' }

test('a channel whose new start hangs is an incident, and started once more [S9]', async () => {
  const { adapter, become } = played()
  const { pass, open, next, channels } = await watchOver([adapter], { change })
  let starts = 1
  adapter.start = () => {
    starts += 1
    return new Promise(() => undefined)
  }
  become(silent)
  await pass(62 * minute)
  expect(starts).toBe(2)
  while ((await next()).level !== 'error');
  expect(channels.health(adapter)).toMatchObject({
    state: 'down',
    why: 'it could not be started again: no answer within 10 ms',
  })
  await pass(6 * minute)
  expect(await open()).toMatchObject([
    { message: expect.stringContaining('no answer within 10 ms') },
  ])
  expect(starts).toBe(3)
})

test('while it is started again its trouble goes on, for what it is started again for', async () => {
  const { adapter, become } = played()
  const change = { channelDownMs: 10 * minute }
  const { pass, open } = await watchOver([adapter], { change })
  adapter.start = () => new Promise(() => undefined)
  become({ state: 'down', why: 'gone' })
  await pass(9 * minute)
  become({ state: 'connected' })
  await pass(2 * minute)
  expect(await open()).toMatchObject([{ message: expect.stringContaining('10 min: gone') }])
})

test('a start that ends late has worked, unless a newer one has begun', async () => {
  const { adapter } = played()
  const { channels } = await watchOver([adapter])
  const starts: (() => void)[] = []
  adapter.start = () => new Promise((resolve) => void starts.push(resolve))
  const late = () => channels.restart(adapter, 10).catch(() => undefined)
  await late()
  await late()
  starts[0]?.()
  await new Promise(setImmediate)
  expect(channels.health(adapter).state).toBe('down')
  starts[1]?.()
  await new Promise(setImmediate)
  expect(channels.health(adapter).state).toBe('connected')
})

test('a first start that is still going is told of, and has an hour before another is tried', async () => {
  const { adapter, become, starts } = played()
  become({ state: 'down', why: 'syncing', starting: true })
  const { pass, open } = await watchOver([adapter])
  await pass(59 * minute)
  expect(await open()).toHaveLength(1)
  expect(starts()).toBe(1)
  await pass(2 * minute)
  expect(starts()).toBe(2)
})

test('what works in part is an incident an hour later, and is not started again', async () => {
  const { adapter, become, starts } = played()
  const { pass, open } = await watchOver([adapter])
  become({ state: 'degraded', why: 'slow' })
  await pass(64 * minute)
  expect(await open()).toEqual([])
  await pass(2 * minute)
  expect(await open()).toHaveLength(1)
  expect(starts()).toBe(1)
})

test('one that does not say how it stands is down, and hides nothing of the others', async () => {
  const [bad, good] = [played('bad'), played('good')]
  bad.adapter.health = () => JSON.parse('null')
  good.become({ state: 'down', why: 'gone' })
  const { pass, open } = await watchOver([bad.adapter, good.adapter])
  await pass(6 * minute)
  expect(await open()).toMatchObject([
    { message: expect.stringContaining('its adapter does not say how it stands') },
    { message: expect.stringContaining('gone') },
  ])
})

test('an incident of one that cannot be written keeps none of the others from being looked at', async () => {
  const [one, two] = [played('one'), played('two')]
  const core = await createMemoryCore()
  onTestFinished(() => core.close())
  const { pass, open } = await watchOver([one.adapter, two.adapter], { core })
  one.become({ state: 'down', why: 'gone' })
  two.become({ state: 'down', why: 'gone' })
  core.faults.failAt('incidents.open', 1)
  await pass(5 * minute + 30_000)
  expect(await open()).toMatchObject([{ subject: 'memory/two' }])
})

test('stopped for good while it is stopped to be started again, it is stopped once', async () => {
  const { adapter, calls } = played()
  const { channels } = await watchOver([adapter])
  const restarting = channels.restart(adapter, 1_000)
  await channels.stop(1_000)
  await restarting
  expect(calls).toEqual(['start', 'stop'])
})

test('a start that ends after it was stopped for good is stopped', async () => {
  const { adapter, calls } = played()
  const { channels } = await watchOver([adapter])
  const { promise, resolve } = Promise.withResolvers<void>()
  adapter.start = () => promise
  const restarting = channels.restart(adapter, 1_000)
  await new Promise(setImmediate)
  await channels.stop(1_000)
  resolve()
  await restarting
  expect(calls).toEqual(['start', 'stop', 'stop', 'stop'])
})

test('each start has a signal of its own, which aborts once it is stopped', async () => {
  const { adapter } = played()
  const { channels } = await watchOver([adapter])
  const signals: AbortSignal[] = []
  adapter.start = async ({ signal }) => void signals.push(signal)
  await channels.restart(adapter, 1_000)
  expect(signals.map(({ aborted }) => aborted)).toEqual([false])
  await channels.restart(adapter, 1_000)
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, false])
})
