import { agentChannelType, userId, type Place } from '@nanoclaw/schema'
import type { NewInbound } from '../mailbox/inbound-types.ts'
import type { HeardFrom } from './types.ts'

/** Where words of nobody are said that have no place of their own. */
export const nowhere: Place = { channelType: '', channelInstance: '', platformId: '' }

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

/**
 * Whose words a row brings to the agent: its sender's, and those of whom a person quotes. What the host
 * itself says, and tasks, are nobody's words.
 */
export function heardInRow({ kind, content, origin }: NewInbound): readonly HeardFrom[] {
  const { channelType, channelInstance, platformId } = origin ?? nowhere
  const place = { channelType, channelInstance, platformId }
  switch (kind) {
    case 'task':
    case 'system':
      return []
    case 'webhook':
      return [{ place, userId: '' }]
    case 'chat':
    case 'chat-sdk': {
      const by = (sender: unknown): HeardFrom => {
        // An agent is known by where its mail comes from, whatever it calls itself.
        const handle = channelType === agentChannelType ? platformId : sender
        const isSomebody = typeof handle === 'string' && handle !== ''
        return {
          place,
          userId: isSomebody ? userId({ channelType, channelInstance, handle }) : '',
        }
      }
      const sender = by(fieldOf(content, 'senderId'))
      const quoted = fieldOf(fieldOf(content, 'replyTo'), 'senderId')
      return quoted === undefined ? [sender] : [sender, by(quoted)]
    }
    default:
      return kind satisfies never
  }
}
