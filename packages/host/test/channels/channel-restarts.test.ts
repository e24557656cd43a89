import { expect, test } from 'vitest'
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
