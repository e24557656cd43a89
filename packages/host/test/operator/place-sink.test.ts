import { RetryableDeliveryError } from '@nanoclaw/adapters'
import { createMemoryAdapter, type MemoryAdapterOptions } from '@nanoclaw/adapters/memory'
import { createTestContext } from '@nanoclaw/adapters/testing'
import { expect, test } from 'vitest'
import { createChannels } from '../../src/channels/channels.ts'
import { withinDeadline } from '../../src/deadline.ts'
import { unservedChannels } from '../../src/operator/open-sinks.ts'
import { createPlaceSink } from '../../src/operator/place-sink.ts'
import { keepingLogger } from '../keeping-logger.ts'
import { notice, playedSink } from './notices.ts'

const { signal } = new AbortController()

async function setUp(options: MemoryAdapterOptions = {}) {
  const memory = createMemoryAdapter(options)
  const { logger } = keepingLogger()
  const channels = createChannels([memory], { logger })
  await channels.start(() => createTestContext().ctx)
  const place = { channelType: 'memory', chatId: 'owner', threadId: 'alerts' }
  const sink = createPlaceSink({ place }, { channels, installId: 'inst-1' })
  return { memory, channels, sink }
}

test('a chat of a channel is told in one message, under the same key again [L19]', async () => {
  const { memory, sink } = await setUp()
  expect(sink.name).toBe('chat owner of memory')
  await sink.tell(notice(), signal)
  await sink.tell(notice(), signal)
  expect(memory.delivered).toMatchObject([
    { origin: { chatId: 'owner', threadId: 'alerts' }, author: { id: 'nanoclaw' } },
  ])
  expect(memory.delivered[0]?.text).toContain('NanoClaw needs attention: delivery-failed')
  await sink.tell(notice({ id: 'inc-2' }), signal)
  expect(memory.delivered).toHaveLength(2)
})

test('a channel that is down, refuses, or does not answer has not taken it', async () => {
  const { memory, channels, sink } = await setUp()
  memory.setHealth('down', 'no network')
  await expect(sink.tell(notice(), signal)).rejects.toThrow(
    'the channel memory is down: no network',
  )
  memory.setHealth('connected')
  memory.failNext('throw')
  await expect(sink.tell(notice(), signal)).rejects.toThrow('The connection was cut.')
  memory.failNext(new RetryableDeliveryError('no route'))
  await expect(sink.tell(notice(), signal)).rejects.toThrow('no route')
  const [adapter] = channels.list()
  expect(adapter && channels.failedSends(adapter)).toEqual({ count: 2, reason: 'no route' })
  memory.removeChat('owner')
  await expect(sink.tell(notice(), signal)).rejects.toThrow('The chat is gone.')
  expect(adapter && channels.failedSends(adapter).count, 'the platform has answered').toBe(0)
})

test('a channel that there is none of has not taken it', async () => {
  const { channels } = await setUp()
  const place = { channelType: 'telegram', instance: 'work', chatId: '7' }
  const sink = createPlaceSink({ place }, { channels, installId: 'inst-1' })
  await expect(sink.tell(notice(), signal)).rejects.toThrow(
    'no adapter serves the channel telegram/work',
  )
})

test('a chat whose channel nobody serves is found before anybody is to be told', async () => {
  const { channels } = await setUp()
  const at = (channelType: string) => ({ place: { channelType, chatId: '7' } })
  const given = [at('memory'), at('telegramm'), at('telegramm'), playedSink('one').sink]
  expect(unservedChannels(given, channels)).toEqual(['telegramm'])
})

test('a container’s words call nobody, are no links, and no longer than a message may be', async () => {
  const { memory, sink } = await setUp({ capabilities: { textLength: 120, threads: false } })
  await sink.tell(notice({ message: `[a](http://b.invalid) *c* @all ${'`'.repeat(500)}` }), signal)
  const [delivered] = memory.delivered
  const zero = '\u200B'
  expect(delivered?.text).toContain(`\\[a\\](http:${zero}//b.invalid) \\*c\\* @${zero}all`)
  expect(delivered?.text.length).toBeLessThanOrEqual(120)
  expect(delivered?.origin.threadId).toBeNull()
})

test('a send that hangs is held against the channel, a host that stops is not', async () => {
  const { memory, channels, sink } = await setUp()
  memory.deliver = () => new Promise(() => undefined)
  const stops = new AbortController()
  const stopped = sink.tell(notice(), stops.signal)
  stops.abort(new Error('the host stops'))
  await expect(stopped).rejects.toThrow('the host stops')
  expect(channels.failedSends(memory).count).toBe(0)
  const late = withinDeadline((ends) => sink.tell(notice(), ends), { timeoutMs: 10 })
  await expect(late).rejects.toThrow('no answer within 10 ms')
  await new Promise(setImmediate)
  expect(channels.failedSends(memory)).toEqual({ count: 1, reason: 'no answer within 10 ms' })
})

test('where nothing is read as Markdown nothing is escaped', async () => {
  const { memory, sink } = await setUp({ capabilities: { markdown: 'none' } })
  await sink.tell(notice({ message: 'a *b* [c]' }), signal)
  expect(memory.delivered[0]?.text).toContain('a *b* [c]')
})
