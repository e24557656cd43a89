import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toEvent } from '../src/to-event.ts'

const bot = { selfId: 'bot-1', instance: '' }
const update = {
  seq: 1,
  type: 'message',
  chat: { id: 'lobby', kind: 'group' },
  from: { id: 'ann', name: 'Ann', bot: false },
  message: {
    id: 'm-1',
    thread: null,
    text: 'hello',
    mentionsYou: false,
    sentAt: '2026-01-01T00:00:00Z',
  },
}

test('a message in a group is an event', () => {
  const found = toEvent(update, bot)
  assert.deepEqual(found.kind === 'event' && found.event, {
    type: 'message',
    instance: '',
    chatId: 'lobby',
    threadId: null,
    chatKind: 'group',
    addressed: 'none',
    sender: { id: 'ann', name: 'Ann', isBot: false, isSelf: false },
    platformMessageId: 'm-1',
    sentAt: '2026-01-01T00:00:00.000Z',
    text: 'hello',
    attachments: [],
  })
})

test('in a direct chat the bot is always spoken to', () => {
  const direct = { ...update, chat: { id: 'dm-1', kind: 'direct' } }
  const found = toEvent(direct, bot)
  assert.equal(found.kind === 'event' && found.event.addressed, 'direct')
})

test('what the bot has said itself, and what is no message, is nothing to hand over', () => {
  const own = { ...update, from: { id: 'bot-1', name: 'Parrot bot', bot: true } }
  assert.deepEqual(toEvent(own, bot), { kind: 'nothing' })
  assert.deepEqual(toEvent({ ...update, type: 'poll' }, bot), { kind: 'nothing' })
})

test('a message that is not as expected is unreadable, and names where', () => {
  const chat = { id: 'stage', kind: 'broadcast' }
  const fields = ['chat.kind', 'message']
  assert.deepEqual(toEvent({ ...update, chat, message: null }, bot), { kind: 'unreadable', fields })
})
