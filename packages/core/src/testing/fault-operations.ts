import type { Ports } from '../ports.ts'

type Asynchronous<P> = {
  [K in keyof P]: P[K] extends (...args: never[]) => Promise<unknown> ? K : never
}[keyof P] &
  string

/** Every asynchronous method of every port. `close` never fails: what is dead holds nothing. */
export type PortOperation = {
  [N in keyof Ports]: `${N}.${Exclude<Asynchronous<Ports[N]>, 'close'>}`
}[keyof Ports]

/**
 * Where a fault can be planned: the calls of a core's ports, by whomever they are made. A function
 * of the core that is put together from several (`core.writeSessionMessage` from
 * `sessions.ensureDue`, `mailboxes.open`, `mailbox.append`) comes up itself, and then each of those.
 */
export const faultOperations = [
  'agents.create',
  'agents.get',
  'agents.list',
  'agents.prepareFolder',
  'agents.update',
  'archives.append',
  'archives.removeInbox',
  'archives.rewrite',
  'channelState.delete',
  'channelState.get',
  'channelState.set',
  'chats.create',
  'chats.find',
  'chats.get',
  'chats.list',
  'core.findMessage',
  'core.forget',
  'core.hasDestination',
  'core.initSessionFolder',
  'core.lockHome',
  'core.resolveSession',
  'core.trace',
  'core.writeDestinations',
  'core.writeSessionMessage',
  'core.writeSystemResponse',
  'destinations.authorize',
  'destinations.grant',
  'destinations.list',
  'destinations.rename',
  'destinations.revoke',
  'files.lockHome',
  'files.prepareAgentFolder',
  'files.writeAddressBook',
  'incidents.countUntold',
  'incidents.get',
  'incidents.lastTold',
  'incidents.list',
  'incidents.open',
  'incidents.resolve',
  'incidents.tellLater',
  'incidents.told',
  'incidents.untold',
  'mailbox.answers',
  'mailbox.append',
  'mailbox.askedEpoch',
  'mailbox.countTry',
  'mailbox.cursor',
  'mailbox.deliveries',
  'mailbox.delivery',
  'mailbox.end',
  'mailbox.events',
  'mailbox.eventsOf',
  'mailbox.inbound',
  'mailbox.largestSeq',
  'mailbox.parts',
  'mailbox.pause',
  'mailbox.paused',
  'mailbox.pending',
  'mailbox.project',
  'mailbox.prunable',
  'mailbox.prune',
  'mailbox.putOffUntil',
  'mailbox.requeue',
  'mailbox.rerun',
  'mailbox.settle',
  'mailbox.settleParts',
  'mailbox.take',
  'mailbox.tellUnanswered',
  'mailbox.undelivered',
  'mailbox.unfinished',
  'mailbox.unfinishedPlaces',
  'mailbox.wanting',
  'mailboxes.init',
  'mailboxes.open',
  'mailboxes.openExisting',
  'receipts.find',
  'receipts.forget',
  'receipts.note',
  'retention.due',
  'retention.newestActivity',
  'retention.noteClock',
  'retention.prune',
  'retention.seenClock',
  'sessions.beginEpoch',
  'sessions.due',
  'sessions.ensureDue',
  'sessions.forChat',
  'sessions.get',
  'sessions.list',
  'sessions.nextDueAt',
  'sessions.running',
  'sessions.setContainerStatus',
  'sessions.setDue',
  'sessions.touch',
  'wirings.create',
  'wirings.forChat',
  'wirings.list',
] as const satisfies readonly PortOperation[]

/** One of {@link faultOperations}. */
export type FaultOperation = (typeof faultOperations)[number]

/** Whether a text names one of {@link faultOperations}. */
export function isFaultOperation(text: string): text is FaultOperation {
  return faultOperations.some((operation) => operation === text)
}
