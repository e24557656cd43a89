import { strict as assert } from 'node:assert'
import type { InboundEvent } from '../contract/events.ts'

const KINDS = ['direct', 'group', 'channel']
const ADDRESSED = ['direct', 'mention', 'reply', 'none']
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

/** Fails when an event lacks what the contract promises the host. */
export function checkEvent(event: InboundEvent, instance: string): void {
  const got = (value: unknown): string => `, got ${JSON.stringify(value)}`
  assert.equal(event.instance, instance, 'instance is not the adapter’s own; keys would collide')
  assert.ok(event.chatId !== '' && typeof event.chatId === 'string', 'chatId must be a text')
  assert.ok(
    event.threadId === null || (typeof event.threadId === 'string' && event.threadId !== ''),
    `threadId must be a text, or null outside a thread${got(event.threadId)}`,
  )
  assert.ok(
    KINDS.includes(event.chatKind),
    `chatKind must be one of ${KINDS}${got(event.chatKind)}`,
  )
  assert.ok(
    ADDRESSED.includes(event.addressed),
    `addressed must be one of ${ADDRESSED}${got(event.addressed)}`,
  )
  assert.ok(
    typeof event.platformMessageId === 'string' && event.platformMessageId !== '',
    'platformMessageId must be a text: without it no duplicate is ever known',
  )
  assert.match(event.sentAt, ISO, 'sentAt must be ISO-8601 UTC with milliseconds and Z')
  assert.ok(typeof event.sender.id === 'string' && event.sender.id !== '', 'sender.id is missing')
  assert.equal(typeof event.sender.name, 'string', 'sender.name must be a text, if an empty one')
  assert.equal(typeof event.sender.isBot, 'boolean', 'sender.isBot must be true or false')
  assert.equal(typeof event.sender.isSelf, 'boolean', 'sender.isSelf must be true or false')
  if (event.type !== 'message' && event.type !== 'edit') return
  assert.equal(typeof event.text, 'string', 'text must be a text, if an empty one')
  assert.ok(Array.isArray(event.attachments), 'attachments must be a list, if an empty one')
}
