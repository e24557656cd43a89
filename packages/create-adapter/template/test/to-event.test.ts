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
  assert.deepEqual(toEvent(update, bot), {
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
  assert.equal(toEvent(direct, bot)?.addressed, 'direct')
})

test('what the bot has said itself is no event', () => {
  const own = { ...update, from: { id: 'bot-1', name: 'Parrot bot', bot: true } }
  assert.equal(toEvent(own, bot), undefined)
})

test('an update of a kind that is not known, or without what it needs, is no event', () => {
  assert.equal(toEvent({ ...update, type: 'poll' }, bot), undefined)
  assert.equal(toEvent({ ...update, message: null }, bot), undefined)
})
