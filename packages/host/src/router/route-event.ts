import type { ChannelAdapter, HandOverResult, InboundEvent } from '@nanoclaw/adapters'
import type { Appended, Core, NewInbound, Session } from '@nanoclaw/core'
import { dedupeKey, type ChatContent, type Place } from '@nanoclaw/schema'
import type { HostLimits } from '../limits.ts'
import { engages } from './engage.ts'
import { chatContentOf } from './inbound-content.ts'
import { keepFiles, removeFiles } from './inbox-files.ts'
import { fits, shortenContent } from './long-content.ts'

/** What the router needs: the rules, and the sessions that are awake. */
export interface RouterDeps {
  readonly core: Core
  readonly limits: Pick<HostLimits, 'contentBytes'>
  append(session: Session, rows: readonly NewInbound[]): Promise<readonly Appended[]>
}

function rejected(reason: string): HandOverResult {
  return { outcome: 'rejected', reason }
}

function tooLong(longest: number): string {
  return `without its text it has more than ${longest} bytes: what it says of its files and sender is too long`
}

/** What a row has whichever session it is for, with its content as it came. */
type EventRow = Omit<NewInbound, 'id' | 'content'> & { readonly content: ChatContent }

/** A text that is too long for a row is kept whole as a file. Undefined: it cannot be kept. */
async function append(
  { core, limits, append: add }: RouterDeps,
  session: Session,
  row: EventRow,
): Promise<readonly Appended[] | undefined> {
  if (fits(row.content, limits.contentBytes)) return add(session, [row])
  const id = core.ids.next('in')
  const shortened = shortenContent(row.content, limits.contentBytes, id)
  if (shortened === undefined) return undefined
  const { content, files } = shortened
  await core.mailboxes.init(session.agentGroupId, session.id)
  const inbox = core.layout.session(session.agentGroupId, session.id).inbox(id)
  await keepFiles(inbox, files)
  const appended = await add(session, [{ ...row, id, content }])
  if (appended.every((each) => each.id !== id)) await removeFiles(inbox)
  return appended
}

/**
 * Brings an event to every agent that it engages, one row each. Resolves when the rows are
 * durable (I2). Rejects only when nothing is known to be kept and the platform should send again;
 * what was kept the first time is recognised then.
 */
export async function routeEvent(
  deps: RouterDeps,
  adapter: ChannelAdapter,
  event: InboundEvent,
): Promise<HandOverResult> {
  if (event.instance !== adapter.instance) {
    return rejected(
      `expected events of instance "${adapter.instance}" from this adapter, got one of "${event.instance}"`,
    )
  }
  if (event.sender.isSelf) return rejected('a bot does not talk to itself')
  const place: Place = {
    channelType: adapter.channelType,
    channelInstance: adapter.instance,
    platformId: event.chatId,
  }
  const chat = await deps.core.chats.find(place)
  if (chat === undefined)
    return rejected(`no chat is known at ${place.channelType}:${event.chatId}`)
  const content = chatContentOf(event)
  if (content === undefined) return rejected(`a ${event.type} event is for no agent`)
  const row: EventRow = {
    kind: 'chat',
    content,
    origin: { ...place, threadId: event.threadId },
    platformMessageId: event.platformMessageId,
    dedupeKey: dedupeKey({
      ...place,
      event: event.type,
      platformMessageId: event.platformMessageId,
      revision: event.revision ?? '',
    }),
  }
  const wirings = await deps.core.wirings.forChat(chat.id)
  const engaged = wirings.filter((wiring) => engages(wiring, event))
  if (engaged.length === 0) return rejected('no agent listens to this')
  const outcomes: Appended[] = []
  for (const wiring of engaged) {
    const { session } = await deps.core.resolveSession({
      agentGroupId: wiring.agentGroupId,
      messagingGroupId: chat.id,
      threadId: event.threadId,
      sessionMode: wiring.sessionMode,
    })
    const appended = await append(deps, session, row)
    if (appended === undefined) return rejected(tooLong(deps.limits.contentBytes))
    outcomes.push(...appended)
  }
  const isNew = outcomes.some(({ outcome }) => outcome === 'accepted')
  return { outcome: isNew ? 'accepted' : 'duplicate' }
}
