import { agentChannelType, hostStateKeys, nextHostSeq, originKey } from '@nanoclaw/schema'
import { timestamp, type Clock, type Ids, type Origin } from '@nanoclaw/schema'
import { readLargestSeq } from '../mailbox/append-rows.ts'
import { deliveryFacts, type Tell } from '../mailbox/event-facts.ts'
import type { MailboxStatements } from '../mailbox/inbound-statements.ts'
import type { PendingRow } from '../mailbox/mailbox.ts'
import { insertDelivery, untouched } from './delivery-rows.ts'
import type { ChatWords, Delivery } from './types.ts'

/** What the host's own messages are made with. */
export interface SayDeps {
  readonly statements: MailboxStatements
  readonly clock: Clock
  readonly ids: Ids
  readonly tell: Tell
}

/** Puts a message of the host's own into the ledger: its even `seq` says whose it is. */
function say(deps: SayDeps, text: string, origin: Origin, inReplyTo: string | null): Delivery {
  const { statements, clock, ids, tell } = deps
  const delivery = insertDelivery(statements, {
    id: ids.next('out'),
    seq: nextHostSeq(readLargestSeq(statements)),
    kind: 'chat',
    ...origin,
    content: JSON.stringify({ text }),
    status: 'queued',
    nextAttemptAt: null,
    error: null,
    ...untouched,
    inReplyTo,
    ...{ turnId: null, writtenAt: null, takenAt: timestamp(clock) },
    ...{ firstSentAt: null, lastSentAt: null },
  })
  tell(deliveryFacts(delivery))
  return delivery
}

/** The mark of people who have been told that they cannot be answered now. */
function markOf(origin: Origin): string {
  return `${hostStateKeys.chatTrouble}:${originKey(origin)}`
}

/** Says once, until it is over, that people cannot be answered; mail of agents is nobody's chat. */
export function sayUnanswered(
  deps: SayDeps,
  text: string,
  origin: Origin,
  inReplyTo: string | null,
): readonly Delivery[] {
  if (origin.channelType === agentChannelType) return []
  const key = markOf(origin)
  if (deps.statements.state().get({ key }) !== undefined) return []
  deps.statements.setState().run({ key, value: timestamp(deps.clock) })
  return [say(deps, text, origin, inReplyTo)]
}

function sayRecovered(deps: SayDeps, text: string, origin: Origin, inReplyTo: string) {
  const key = markOf(origin)
  if (deps.statements.state().get({ key }) === undefined) return []
  deps.statements.removeState().run({ key })
  return [say(deps, text, origin, inReplyTo)]
}

/** What is to be said of rows that have ended, in the order of their numbers. */
export function sayEnds(
  deps: SayDeps,
  words: ChatWords | undefined,
  ended: readonly { readonly row: PendingRow; readonly status: 'completed' | 'failed' }[],
): readonly Delivery[] {
  if (words === undefined) return []
  return ended
    .toSorted((a, b) => a.row.seq - b.row.seq)
    .flatMap(({ row: { id, origin }, status }) => {
      if (origin === null) return []
      return status === 'failed'
        ? sayUnanswered(deps, words.unanswered, origin, id)
        : sayRecovered(deps, words.recovered, origin, id)
    })
}
