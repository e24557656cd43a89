import { NanoclawError, timestamp } from '@nanoclaw/schema/plain'
import { applyOnce } from '../approvals/apply-once.ts'
import type { ApprovalRows } from '../approvals/approval-rows.ts'
import type { WriteTools } from '../central/write-tools.ts'
import type { peopleWrites } from '../people/people-writes.ts'
import type { HoldOutcome, LetInEffect, NewHeldEvent } from './types.ts'

const mostHeld = 100

/** What {@link heldWrites} is made of. */
export interface HeldDeps {
  readonly tools: WriteTools
  readonly approvals: ApprovalRows
  readonly add: ReturnType<typeof peopleWrites>['add']
}

/** The effect of a request to let somebody in. Throws `corrupt` for anything else. */
function readEffect(effect: string): LetInEffect {
  const parsed: unknown = JSON.parse(effect)
  const text = (name: keyof LetInEffect): string => {
    const value: unknown =
      typeof parsed === 'object' && parsed !== null ? Reflect.get(parsed, name) : undefined
    if (typeof value === 'string') return value
    throw new NanoclawError('corrupt', `expected ${name} in a request to let somebody in`)
  }
  return {
    channelType: text('channelType'),
    channelInstance: text('channelInstance'),
    handle: text('handle'),
    name: text('name'),
    agentGroupId: text('agentGroupId'),
  }
}

/** What is written of events that are held. */
export function heldWrites({ tools, approvals, add }: HeldDeps) {
  const { sql, clock, ids } = tools
  return {
    hold(event: NewHeldEvent): HoldOutcome {
      const { approvalId, dedupeKey } = event
      if (approvals.find(approvalId)?.status !== 'pending') return 'late'
      if (sql.heldByKey().get({ approvalId, dedupeKey }) !== undefined) return 'known'
      if ((sql.countHeld().get({ approvalId })?.count ?? 0) >= mostHeld) return 'full'
      sql.insertHeld().run({ ...event, id: ids.next('held'), createdAt: timestamp(clock) })
      return 'held'
    },
    release: (id: string): void => void sql.removeHeld().run({ id }),
    letIn(approvalId: string): void {
      const approval = approvals.find(approvalId)
      if (approval?.action !== 'unknown_sender' || approval.status === 'pending') {
        throw new NanoclawError(
          'bad-state',
          `expected ${approvalId} to be an approved request to let somebody in`,
        )
      }
      if (approval.status === 'rejected' || approval.status === 'expired') {
        throw new NanoclawError(
          'bad-state',
          `expected ${approvalId} to be approved, it is ${approval.status}`,
        )
      }
      const { agentGroupId, ...user } = readEffect(approval.effect)
      if (!applyOnce(tools, { actionId: approvalId, sessionId: '', action: approval.action }))
        return
      const role = { role: 'member', agentGroupId } as const
      add({ ...user, personId: undefined, role }, approval.decidedBy ?? 'operator')
    },
  }
}
