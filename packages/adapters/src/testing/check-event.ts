import type { InboundEvent } from '../contract/events.ts'
import type { Scene } from './scene.ts'

const KINDS = ['direct', 'group', 'channel']
const ADDRESSED = ['direct', 'mention', 'reply', 'none']
/** Events that nobody says to anybody: outside a direct chat they speak to no one. */
const WORDLESS = ['delete', 'reaction', 'button', 'membership']
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

/** Fails when an event lacks what the contract lists. */
export function checkEvent(
  event: InboundEvent,
  { adapter, check }: Pick<Scene, 'adapter' | 'check'>,
): void {
  const { instance, chatId, threadId, chatKind, addressed, sender, platformMessageId } = event
  const is = (holds: boolean, field: string, value: unknown, wanted: string): void =>
    check(holds, `The event's ${field} is ${JSON.stringify(value)}; wanted is ${wanted}`)
  is(instance === adapter.instance, 'instance', instance, "the adapter's own")
  is(isName(chatId), 'chatId', chatId, 'a text')
  is(threadId === null || isName(threadId), 'threadId', threadId, 'a text, or null')
  is(KINDS.includes(chatKind), 'chatKind', chatKind, KINDS.join(', '))
  is(ADDRESSED.includes(addressed), 'addressed', addressed, ADDRESSED.join(', '))
  if (WORDLESS.includes(event.type)) {
    const wanted = chatKind === 'direct' ? 'direct' : 'none'
    is(addressed === wanted, `addressed (a ${event.type} in a ${chatKind} chat)`, addressed, wanted)
  }
  is(isName(platformMessageId), 'platformMessageId', platformMessageId, 'a text')
  is(ISO.test(event.sentAt), 'sentAt', event.sentAt, 'ISO-8601 UTC with milliseconds and Z')
  is(isName(sender.id), 'sender.id', sender.id, 'a text')
  is(typeof sender.name === 'string', 'sender.name', sender.name, 'a text, if an empty one')
  is(typeof sender.isBot === 'boolean', 'sender.isBot', sender.isBot, 'true or false')
  is(!sender.isSelf, 'sender.isSelf', sender.isSelf, 'false: it came from a person')
  if ('revision' in event) is(isName(event.revision), 'revision', event.revision, 'a text')
  if (event.type !== 'message' && event.type !== 'edit') return
  is(typeof event.text === 'string', 'text', event.text, 'a text, if an empty one')
  is(Array.isArray(event.attachments), 'attachments', event.attachments, 'a list')
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && value !== ''
}
