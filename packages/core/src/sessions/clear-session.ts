import { agentChannelType, type Place } from '@nanoclaw/schema'
import type { HomeFiles } from '../files/home-files.ts'
import { nowhere } from '../heard/heard-in-row.ts'
import type { Heard } from '../heard/types.ts'
import type { Mailbox, MailboxStore } from '../mailbox/mailbox.ts'
import type { Session } from './types.ts'

/** More never wait; each is a few hundred bytes. */
const mostWaiting = 100_000

/** What of a session outlives that its agent forgets it. */
export interface LeftOver {
  /** Places whose words the agent will still be given. */
  readonly waiting: readonly Place[]
  /** Mail that has not arrived, which carries whom the session has heard. */
  readonly isMailUnsent: boolean
}

/** Reads what is left in a session's mailbox. */
export async function whatIsLeft(mailbox: Mailbox): Promise<LeftOver> {
  const rows = [...(await mailbox.pending(mostWaiting)), ...(await mailbox.paused(mostWaiting))]
  const unsent = await mailbox.unfinishedPlaces()
  return {
    waiting: rows.map(({ origin }) => origin ?? nowhere),
    isMailUnsent: unsent.some(({ channelType }) => channelType === agentChannelType),
  }
}

/** Makes the agent of a session forget it; nobody has its mailbox open. */
export async function forgetSession(
  deps: {
    readonly files: Pick<HomeFiles, 'removeMemory'>
    readonly mailboxes: Pick<MailboxStore, 'init'>
    readonly heard: Pick<Heard, 'list' | 'clear'>
  },
  session: Session,
  { waiting, isMailUnsent }: LeftOver,
  by?: string,
): Promise<void> {
  const { files, mailboxes, heard } = deps
  await files.removeMemory(session)
  await mailboxes.init(session.agentGroupId, session.id)
  // Last: until then it may remember them.
  const keep = isMailUnsent ? (await heard.list(session.id)).map(({ place }) => place) : waiting
  await heard.clear(session.id, keep, by)
}
