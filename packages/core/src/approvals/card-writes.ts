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

/** Cards for the next in line, inside the caller's transaction, if nobody is being asked. */
export function askNext({ tools, deciders }: CardDeps, approval: Approval): ApprovalCard[] {
  const approvalId = approval.id
  const known = tools.sql.cardsOf().all({ approvalId }).map(toCard)
  const asked = known.filter(({ status }) => status === 'waiting' || status === 'shown')
  if (asked.length > 0) return asked
  const others = deciders
    .reachable(approval)
    .filter((decider) => known.every(({ userId }) => userId !== decider.userId))
  const first = others.filter(({ rank }) => rank === others[0]?.rank)
  return first.map(({ userId, messagingGroupId }) => {
    const card: ApprovalCard = {
      ...{ approvalId, userId, messagingGroupId, platformMessageId: null, status: 'waiting' },
      ...{ attempts: 0, nextAttemptAt: null, shownAt: null, error: null },
    }
    tools.sql.putCard().run({ ...card })
    return card
  })
}

/** What is written of cards. */
export function cardWrites(deps: CardDeps) {
  return {
    ask(approvalId: string): ApprovalCard[] {
      const approval = deps.rows.find(approvalId)
      return approval?.status === 'pending' ? askNext(deps, approval) : []
    },
    change: (card: ApprovalCard): void => void deps.tools.sql.putCard().run({ ...card }),
  }
}
