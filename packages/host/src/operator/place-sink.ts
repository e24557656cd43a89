import { isRetryableDeliveryError, isTerminalDeliveryError, type Author } from '@nanoclaw/adapters'
import { errorMessage, idempotencyKey } from '@nanoclaw/schema'
import { channelName } from '../channels/channel-name.ts'
import type { Channels } from '../channels/channels.ts'
import { DeadlineError, unlessAborted } from '../deadline.ts'
import type { OperatorPlace, OperatorSink } from './operator-sink.ts'

/** What a chat of the operator is reached by. */
export interface PlaceSinkDeps {
  readonly channels: Pick<Channels, 'find' | 'health' | 'noteSend'>
  /** Part of the keys that platforms recognise repeats by. */
  readonly installId: string
}

const author: Author = { id: 'nanoclaw', name: 'nanoclaw' }

/** Words of a container call nobody, and no address in them begins with its scheme. */
function escaped(text: string, markdown: string): string {
  const plain = text.replaceAll('@', '@\u200B').replaceAll('://', ':\u200B//')
  const reads = markdown === 'commonmark' || markdown === 'gfm'
  return reads ? plain.replaceAll(/[\\`*_[\]<>#~|]/g, String.raw`\$&`) : plain
}

function clipped(text: string, length: number): string {
  if (text.length <= length) return text
  const cut = text.slice(0, Math.max(0, length - 1))
  // Not in the middle of a character, nor behind the half of an escape.
  return `${cut.replace(/[\uD800-\uDBFF\\]$/, '')}…`
}

/** Tells in a chat, as one message. A channel that is down, or not there, has not taken it. */
export function createPlaceSink({ place }: OperatorPlace, deps: PlaceSinkDeps): OperatorSink {
  const { channels, installId } = deps
  const { channelType, instance = '', chatId, threadId = null } = place
  const channel = channelName({ channelType, instance })
  return {
    name: `chat ${chatId} of ${channel}`,
    async tell(notice, signal) {
      const adapter = channels.find(channelType, instance)
      if (adapter === undefined) throw new Error(`no adapter serves the channel ${channel}`)
      const { state, why = '' } = channels.health(adapter)
      if (state === 'down') throw new Error(`the channel ${channel} is down: ${why}`)
      const { textLength, threads, markdown } = adapter.capabilities
      const text = clipped(escaped(notice.text, markdown), textLength)
      const key = idempotencyKey(installId, 'operator', notice.key, 0)
      const origin = { chatId, threadId: threads ? threadId : null }
      try {
        const sending = adapter.deliver(origin, { type: 'text', text }, { key, signal, author })
        await unlessAborted(sending, signal)
        channels.noteSend(adapter)
      } catch (error) {
        // The host stops: that says nothing of the channel.
        if (signal.aborted && !(signal.reason instanceof DeadlineError)) throw error
        const answered =
          isTerminalDeliveryError(error) ||
          (isRetryableDeliveryError(error) && error.retryAfterMs !== undefined)
        channels.noteSend(adapter, answered ? undefined : errorMessage(error))
        throw error
      }
    },
  }
}
