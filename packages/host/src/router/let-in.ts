import type { Approval, Core } from '@nanoclaw/core'
import { errorMessage } from '@nanoclaw/schema'
import { readHeldEvent } from './held-event.ts'
import type { AppendRows } from './append-event.ts'
import type { RouteEvent } from './route-event.ts'

/** What became of doing what was approved. */
export type LetInOutcome =
  { readonly outcome: 'applied' } | { readonly outcome: 'failed'; readonly error: string }

const atOnce = 20

/** Does what a person has said yes to in a request of action `unknown_sender`; again after a crash. */
export type LetIn = (approval: Approval) => Promise<LetInOutcome>

/** Makes the sender a member, and routes what was held as if it had just come. */
export function createLetIn(core: Core, route: RouteEvent, append: AppendRows): LetIn {
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
      return { outcome: 'failed', error: errorMessage(error) }
    }
  }
}
