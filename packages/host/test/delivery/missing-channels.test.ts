import { createMemoryCore } from '@nanoclaw/core/testing'
import { expect, it, vi } from 'vitest'
import { createMissingChannels } from '../../src/delivery/missing-channels.ts'
import { silentLogger } from '../../src/silent-logger.ts'

it('a channel that is missing is one incident, whoever waits, and over when it is there', async () => {
  await using core = await createMemoryCore()
  const { incidents } = core
  const channel = { channelType: 'sms', instance: 'two' }
  const before = createMissingChannels({ incidents, logger: silentLogger })
  before.missing(channel)
  before.missing(channel)
  await before.settled()
  expect(await incidents.list({ open: true })).toMatchObject([
    { kind: 'channel-missing', subject: 'sms/two', occurrences: 1 },
  ])
  const after = createMissingChannels({ incidents, logger: silentLogger })
  after.found(channel)
  await after.settled()
  expect(await incidents.list({ open: true })).toEqual([])
})

it('one that is still missing when its incident was resolved by hand is told of again', async () => {
  await using core = await createMemoryCore()
  const { incidents } = core
  let now = 0
  const channel = { channelType: 'sms', instance: '' }
  const missing = createMissingChannels({ incidents, logger: silentLogger, now: () => now })
  missing.missing(channel)
  await missing.settled()
  await incidents.resolve('channel-missing', 'sms')
  for (const at of [599_999, 600_000, 600_001]) {
    now = at
    missing.missing(channel)
  }
  await missing.settled()
  expect(await incidents.list({ open: true })).toMatchObject([{ subject: 'sms', occurrences: 1 }])
})

it('one that nothing waits for any more is over, also when an earlier process told of it', async () => {
  await using core = await createMemoryCore()
  const { incidents } = core
  let at = 0
  const now = (): number => at
  const subjects = async () => (await incidents.list({ open: true })).map((each) => each.subject)
  const before = createMissingChannels({ incidents, logger: silentLogger, now })
  before.missing({ channelType: 'revoked', instance: '' })
  before.missing({ channelType: 'sms', instance: '' })
  await before.settled()
  const after = createMissingChannels({ incidents, logger: silentLogger, now })
  at = 599_999
  after.missing({ channelType: 'sms', instance: '' })
  await after.look()
  expect(await subjects()).toEqual(['revoked', 'sms'])
  at = 600_000
  await after.look()
  expect(await subjects()).toEqual(['sms'])
})

it('a channel whose health changes and that nobody missed costs no write', async () => {
  await using core = await createMemoryCore()
  const { incidents } = core
  const resolve = vi.fn(incidents.resolve)
  const deps = { incidents: { ...incidents, resolve }, logger: silentLogger }
  const missing = createMissingChannels(deps)
  missing.found({ channelType: 'sms', instance: '' })
  await missing.settled()
  expect(resolve).not.toHaveBeenCalled()
})
