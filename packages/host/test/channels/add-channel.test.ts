import type { AdapterContext, ChannelAdapter } from '@nanoclaw/adapters'
import { createMemoryAdapter } from '@nanoclaw/adapters/memory'
import { expect, test } from 'vitest'
import { createChannels } from '../../src/channels/channels.ts'
import { keepingLogger } from '../keeping-logger.ts'

const stopMs = 1_000

function setUp() {
  const { logger } = keepingLogger()
  const told: string[] = []
  const channels = createChannels([adapter('first')], { logger })
  const { signal } = new AbortController()
  const contextFor = ({ instance }: ChannelAdapter) =>
    ({
      healthChanged: () => void told.push(instance),
      signal,
    }) as Partial<AdapterContext> as AdapterContext
  return { channels, contextFor, told }
}

function adapter(instance: string, start = async (): Promise<void> => {}): ChannelAdapter {
  return Object.assign(createMemoryAdapter({ instance }), { start, stop: async () => {} })
}

test('an adapter that comes later is started, and what waits for it goes on', async () => {
  const { channels, contextFor, told } = setUp()
  await channels.start(contextFor)
  await channels.add(adapter('late'))
  expect(told).toEqual(['first', 'late'])
  expect(channels.find('memory', 'late')).toBe(channels.list()[1])
})

test('one that comes before the start is started with the others', async () => {
  const { channels, contextFor, told } = setUp()
  await channels.add(adapter('early'))
  expect(told).toEqual([])
  await channels.start(contextFor)
  expect(told).toEqual(['first', 'early'])
})

test('one that comes after the stop is not started', async () => {
  const { channels, contextFor, told } = setUp()
  await channels.start(contextFor)
  await channels.stop(stopMs)
  await channels.add(adapter('late'))
  expect(told).toEqual(['first'])
})

test('a second one of a channel and instance is refused, and the first stays', async () => {
  const { channels } = setUp()
  const first = channels.find('memory', 'first')
  await expect(channels.add(adapter('first'))).rejects.toMatchObject({ code: 'bad-option' })
  expect(channels.list()).toEqual([first])
})

test('one that cannot start is gone again, and may come once more', async () => {
  const { channels, contextFor, told } = setUp()
  await channels.start(contextFor)
  const broken = adapter('late', () => Promise.reject(new Error('wrong token')))
  await expect(channels.add(broken)).rejects.toThrow('wrong token')
  expect(channels.find('memory', 'late')).toBeUndefined()
  await channels.add(adapter('late'))
  expect(told).toEqual(['first', 'late'])
})

test('one whose messages can hold no text is refused', () => {
  const { logger } = keepingLogger()
  const memory = createMemoryAdapter()
  const capabilities = { ...memory.capabilities, textLength: 0 }
  const broken = Object.assign(Object.create(memory), { capabilities })
  expect(() => createChannels([broken], { logger })).toThrow(
    'expected the channel memory to take texts of at least 1 character, not 0',
  )
})
