import type { Core } from '@nanoclaw/core'
import { isNanoclawError, type NanoclawErrorCode } from '@nanoclaw/schema'
import type { Applier } from '../approvals/applier.ts'
import { readHeldEvent } from './held-event.ts'
import type { AppendRows } from './append-event.ts'
import type { RouteEvent } from './types.ts'

const atOnce = 20
const final: readonly NanoclawErrorCode[] = ['bad-state', 'corrupt', 'not-found']

/**
 * Does what a person has said yes to in a request of action `unknown_sender`: makes the sender a
 * member, and routes what was held as if it had just come; again after a crash.
 */
export function createLetIn(core: Core, route: RouteEvent, append: AppendRows): Applier {
  async function replay(approvalId: string): Promise<void> {
    for (;;) {
      const waiting = await core.held.list(approvalId, atOnce)
      if (waiting.length === 0) return
      for (const { id, messagingGroupId, event } of waiting) {
        const chat = await core.chats.get(messagingGroupId)
        if (chat !== undefined) {
          const { channelType, channelInstance: instance } = chat
          await route({ channelType, instance }, readHeldEvent(event), append)
        }
        await core.held.release(id)
      }
    }
  }
  return async ({ id }) => {
    try {
      await core.held.letIn(id)
      await replay(id)
      return { outcome: 'applied' }
    } catch (error) {
      // All else may go well another time.
      if (!isNanoclawError(error) || !final.includes(error.code)) throw error
      return { outcome: 'failed', error: error.message }
    }
  }
}
