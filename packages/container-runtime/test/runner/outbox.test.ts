import { systemClock } from '@nanoclaw/schema'
import { expect, test } from 'vitest'
import { openSessionDatabases } from '../../src/runner/open-session.ts'
import { Outbox } from '../../src/runner/outbox.ts'
import { folder } from '../support/local-runners.ts'

async function outboxOf(s: ReturnType<typeof folder>): Promise<Outbox> {
  const { outbound } = await openSessionDatabases(s, () => Promise.resolve())
  const outbox = new Outbox(outbound, { clock: systemClock, epoch: 1, hostSeq: () => 0 })
  outbox.takeOver()
  return outbox
}

const message = (id: string) => ({
  id,
  kind: 'chat' as const,
  content: '{"text":"x"}',
  inReplyTo: null,
  channelType: 'terminal',
  channelInstance: '',
  platformId: 'tty',
  threadId: null,
  turnId: 'turn-1',
  callKey: null,
})

test('what a failed write has said is not remembered', async () => {
  const s = folder()
  const outbox = await outboxOf(s)
  outbox.write('normal', () => {
    outbox.setState('key', 'kept')
    outbox.setAck('in-1', 'processing', 'turn-1')
    outbox.release('in-2', 'turn-1')
  })
  const broken = (): void =>
    outbox.write('full', () => {
      outbox.setState('key', 'lost')
      outbox.setAck('in-1', 'completed', 'turn-1')
      outbox.setAck('in-2', 'completed', 'turn-1')
      outbox.insert(message('out-1'))
      throw new Error('in the middle')
    })
  expect(broken).toThrow('in the middle')
  expect(outbox.state('key')).toBe('kept')
  expect(outbox.ack('in-1')).toEqual({ status: 'processing', turnId: 'turn-1' })
  expect(outbox.ack('in-2')).toEqual({ status: 'waiting', turnId: 'turn-1' })
  expect(outbox.write('full', () => outbox.insert(message('out-2')))).toBe(1)
})

test('what the file said before this runner is found, and a row that waits is let go once', async () => {
  const s = folder()
  const earlier = await outboxOf(s)
  earlier.write('normal', () => earlier.release('in-1', 'turn-1'))
  const outbox = await outboxOf(s)
  expect(outbox.ack('in-1')).toEqual({ status: 'waiting', turnId: 'turn-1' })
  outbox.write('normal', () => outbox.setAck('in-1', 'completed', 'turn-1'))
  expect(outbox.ack('in-1')).toEqual({ status: 'completed', turnId: 'turn-1' })
  expect(s.out().state.has('waiting:in-1')).toBe(false)
})
