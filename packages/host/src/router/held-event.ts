import type { EditEvent, InboundAttachment, MessageEvent } from '@nanoclaw/adapters'
import { NanoclawError } from '@nanoclaw/schema'

/** What is held while a person is asked. */
export type HoldableEvent = MessageEvent | EditEvent

/** As text; without what can be fetched only once. */
export function writeHeldEvent(event: HoldableEvent): string {
  const attachments = event.attachments.map(({ open: _open, ...said }) => said)
  return JSON.stringify({ ...event, attachments })
}

async function gone(): Promise<never> {
  throw new NanoclawError('not-found', 'the file came with a message that had to wait')
}

/** Whether a text of the central database is what {@link writeHeldEvent} has made. */
function isHeldEvent(value: unknown): value is HoldableEvent {
  if (typeof value !== 'object' || value === null) return false
  const has = (name: string, type: string): boolean => typeof Reflect.get(value, name) === type
  const texts = ['instance', 'chatId', 'platformMessageId', 'text', 'addressed', 'chatKind']
  const type: unknown = Reflect.get(value, 'type')
  const thread: unknown = Reflect.get(value, 'threadId')
  const sender: unknown = Reflect.get(value, 'sender')
  return (
    (type === 'message' || type === 'edit') &&
    texts.every((name) => has(name, 'string')) &&
    (thread === null || typeof thread === 'string') &&
    typeof sender === 'object' &&
    sender !== null &&
    typeof Reflect.get(sender, 'id') === 'string' &&
    Array.isArray(Reflect.get(value, 'attachments'))
  )
}

/** Throws `corrupt` for what is none. */
export function readHeldEvent(text: string): HoldableEvent {
  const value: unknown = JSON.parse(text)
  if (!isHeldEvent(value)) {
    throw new NanoclawError('corrupt', 'expected a held event of this release')
  }
  const attachments = value.attachments.map((said): InboundAttachment => ({ ...said, open: gone }))
  return { ...value, attachments }
}
