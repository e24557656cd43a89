import { hostStateKeys } from '@nanoclaw/schema/plain'
import type { MailboxStatements } from './inbound-statements.ts'
import type { ProjectedDestination, SessionProjection } from './mailbox.ts'

function toRow(entry: ProjectedDestination): ProjectedDestination {
  const { name, displayName, type, channelType, platformId, agentGroupId, channelInstance } = entry
  return { name, displayName, type, channelType, platformId, agentGroupId, channelInstance }
}

function toRouting({ routing }: SessionProjection) {
  return {
    id: 1,
    channelType: routing?.channelType ?? null,
    platformId: routing?.platformId ?? null,
    threadId: routing?.threadId ?? null,
    channelInstance: routing?.channelInstance ?? '',
  }
}

/** By key of `host_state`. */
function settingsOf({ unaddressedOutput, onInterrupted }: SessionProjection) {
  return {
    [hostStateKeys.unaddressedOutput]: unaddressedOutput,
    [hostStateKeys.onInterrupted]: onInterrupted,
  }
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return Buffer.compare(Buffer.from(a.name), Buffer.from(b.name))
}

function wantedOf(projection: SessionProjection) {
  return {
    book: projection.destinations.map(toRow).toSorted(byName),
    routing: toRouting(projection),
    settings: settingsOf(projection),
  }
}

/** Whether the file says something else than the projection. */
export function isOutdated(statements: MailboxStatements, projection: SessionProjection): boolean {
  const keys = Object.keys(settingsOf(projection))
  const there = {
    book: statements.addressBook().all(),
    routing: statements.routing().get(),
    settings: Object.fromEntries(keys.map((key) => [key, statements.state().get({ key })?.value])),
  }
  return JSON.stringify(there) !== JSON.stringify(wantedOf(projection))
}

/** Replaces address book, routing and settings, inside the caller's transaction. */
export function writeProjection(
  statements: MailboxStatements,
  projection: SessionProjection,
): void {
  const wanted = wantedOf(projection)
  statements.clearAddressBook().run()
  for (const row of wanted.book) statements.insertDestination().run({ ...row })
  statements.setRouting().run(wanted.routing)
  for (const [key, value] of Object.entries(wanted.settings))
    statements.setState().run({ key, value })
}
