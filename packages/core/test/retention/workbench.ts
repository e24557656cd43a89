import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Core, PrunedRow, Session } from '../../src/index.ts'
import { readArchive } from '../../src/index.ts'

export const dayMs = 86_400_000

/** A message of somebody and its answer, both of which have ended. */
export async function exchange(
  core: Core,
  session: Session,
  text: string,
  seq: number,
  senderId = 'ann',
): Promise<{ inbound: string; outbound: string }> {
  const mailbox = await core.mailboxes.open(session.agentGroupId, session.id)
  const chat =
    session.messagingGroupId === null ? undefined : await core.chats.get(session.messagingGroupId)
  const platformId = chat?.platformId ?? 'family'
  const origin = { channelType: 'test', channelInstance: '', platformId, threadId: null }
  const content = { text, sender: senderId.toUpperCase(), senderId }
  const [row] = await mailbox.append([{ kind: 'chat', content, origin }])
  const inbound = row?.id ?? ''
  const outbound = `out-${platformId}-${String(seq).padStart(8, '0')}`
  const answer = {
    ...{ id: outbound, seq, kind: 'chat', inReplyTo: inbound, turnId: null, ...origin },
    ...{ timestamp: '2026-01-31T12:00:00.000Z', deliverAfter: null },
    content: JSON.stringify({ text: `answer to ${text}` }),
  }
  await mailbox.take([{ row: answer, status: 'queued' }])
  await mailbox.end([inbound], 'completed')
  await mailbox.settle(outbound, { status: 'sending' })
  await mailbox.settle(outbound, { status: 'delivered' })
  await mailbox.close()
  return { inbound, outbound }
}

/** Prunes what is due, as a host does. */
export async function pruneDue(core: Core): Promise<number> {
  let events = 0
  for (const session of await core.retention.due(100)) {
    events += (await core.retention.prune(session)).events
  }
  return events
}

export function archiveFolder(core: Core, session: Session): string {
  return join(core.layout.session(session.agentGroupId, session.id).private, 'archive')
}

/** All that is in a session's archive on disk. */
export async function archived(core: Core, session: Session): Promise<readonly PrunedRow[]> {
  const folder = archiveFolder(core, session)
  const found: PrunedRow[] = []
  for (const name of (await readdir(folder)).toSorted()) {
    for await (const row of readArchive(join(folder, name))) found.push(row)
  }
  return found
}
