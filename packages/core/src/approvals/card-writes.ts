import type { WriteTools } from '../central/write-tools.ts'
import type { ApprovalRows } from './approval-rows.ts'
import { toCard } from './card-rows.ts'
import type { ApprovalCard } from './card-types.ts'
import type { Deciders } from './deciders.ts'
import type { Approval } from './types.ts'

/** What cards are written with. */
export interface CardDeps {
  readonly tools: WriteTools
  readonly rows: ApprovalRows
  readonly deciders: Deciders
}

/** Cards for the next in line, or for everybody, inside the caller's transaction. */
export function askNext(
  { tools, deciders }: CardDeps,
  approval: Approval,
  everybody = false,
): ApprovalCard[] {
  const approvalId = approval.id
  const known = tools.sql.cardsOf().all({ approvalId }).map(toCard)
  const asked = known.filter(({ status }) => status === 'waiting' || status === 'shown')
  if (asked.length > 0 && !everybody) return asked
  const others = deciders
    .reachable(approval)
    .filter((decider) => known.every(({ userId }) => userId !== decider.userId))
  const next = everybody ? others : others.filter(({ rank }) => rank === others[0]?.rank)
  const made = next.map(({ userId, messagingGroupId }) => {
    const card: ApprovalCard = {
      ...{ approvalId, userId, messagingGroupId, platformMessageId: null, status: 'waiting' },
      ...{ attempts: 0, nextAttemptAt: null, shownAt: null, error: null },
    }
    tools.sql.putCard().run({ ...card })
    return card
  })
  return [...asked, ...made]
}

/** What is written of cards. */
export function cardWrites(deps: CardDeps) {
  return {
    ask(approvalId: string, everybody: boolean): ApprovalCard[] {
      const approval = deps.rows.find(approvalId)
      return approval?.status === 'pending' ? askNext(deps, approval, everybody) : []
    },
    change: (card: ApprovalCard): void => void deps.tools.sql.putCard().run({ ...card }),
  }
}
