import type { InboundEvent, InboundEventBase } from '../contract/events.ts'
import type { MemoryEventInput } from './types.ts'

/** Fills in what a test did not care to say. */
export function completeEvent(
  input: MemoryEventInput,
  defaults: { instance: string; now: string; newId: () => string },
): InboundEvent {
  const base: InboundEventBase = {
    instance: defaults.instance,
    chatId: 'chat',
    threadId: null,
    chatKind: 'direct',
    addressed: 'direct',
    sender: { id: 'ann', name: 'Ann', isBot: false, isSelf: false },
    platformMessageId: input.platformMessageId ?? defaults.newId(),
    sentAt: defaults.now,
  }
  if (input.type === undefined || input.type === 'message') {
    return { ...base, text: '', attachments: [], ...input, type: 'message' }
  }
  switch (input.type) {
    case 'edit':
      return { ...base, text: '', attachments: [], revision: defaults.newId(), ...input }
    case 'delete':
      return { ...base, ...input }
    case 'reaction':
      return { ...base, emoji: '👍', removed: false, revision: defaults.newId(), ...input }
    case 'button':
      return { ...base, questionId: '', value: '', revision: defaults.newId(), ...input }
    case 'membership':
      return { ...base, change: 'joined', member: base.sender, ...input }
  }
}
