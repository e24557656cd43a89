import type { Core, Logger } from '@nanoclaw/core'
import { createAppliers, createEndings, type AppliersDeps } from '../actions/appliers.ts'
import type { Channels } from '../channels/channels.ts'
import type { SessionRoom } from '../session/session-room.ts'
import type { Applier } from './applier.ts'
import { createApprovalDesk, type ApprovalDesk } from './approval-desk.ts'
import { createApprovalWords, type ApprovalWords } from './approval-words.ts'
import { CardSender } from './card-sender.ts'

/** What asking people takes. */
export interface ApprovalsDeps extends AppliersDeps {
  readonly core: Core
  readonly channels: Channels
  readonly sessions: Pick<SessionRoom, 'append' | 'byHand'>
  readonly logger: Logger
  /** Lets somebody in who was asked about, with what they have said. */
  readonly letIn: Applier
  /** 0 to 1, for the jitter. */
  random(): number
}

/** How people are asked, and answer. */
export interface ApprovalSide {
  readonly desk: ApprovalDesk
  readonly words: ApprovalWords
  /** Ends both; what is under way is gone on with by the next process. */
  stop(): Promise<void>
}

/** Of one call of an adapter. */
const timeoutMs = 30_000
const retryBaseMs = 5_000

/** Requests on their way to people, and their words on the way back. */
export function createApprovals(deps: ApprovalsDeps): ApprovalSide {
  const { sessions } = deps
  const ending = new AbortController()
  const words = createApprovalWords({ ...deps, timeoutMs, signal: ending.signal })
  const desk = createApprovalDesk({
    ...deps,
    actions: {
      appliers: { ...createAppliers(deps), unknown_sender: deps.letIn },
      endings: createEndings(deps),
      toldApart: new Set(['ambiguous_delivery']),
    },
    cards: new CardSender({ ...deps, timeoutMs, retryBaseMs }),
    append: (session, rows) => sessions.append(session, rows),
  })
  return {
    desk,
    words,
    stop: async () => {
      ending.abort()
      await Promise.all([desk.stop(), words.settled()])
    },
  }
}
