import { faultOperations } from '@nanoclaw/core/testing'

const pruning =
  'these lives are shorter than a look of the pruner; a crash at each step is tested with the core'

const approving = 'not on the way of these requests; tested with the approvals'

const making =
  'no agent in these scenarios has another made; a crash on the way is tested with the core'

/** Calls of the store that no host makes in these scenarios, and why. */
const notMade: Readonly<Record<string, string>> = {
  'agents.create': 'an operator makes agents; tested with the core',
  'agents.delete': 'an operator deletes agents',
  'agents.update': 'an operator changes agents',
  'approvals.expire': approving,
  'approvals.failed': approving,
  'approvals.withCode': approving,
  'audit.list': approving,
  'audit.newest': approving,
  'audit.verify': approving,
  'policies.effective': approving,
  'policies.list': approving,
  'policies.set': approving,
  'archives.append': pruning,
  'archives.removeInbox': pruning,
  'archives.rewrite': 'an operator forgets a person; a crash at each step is tested with the core',
  'channelState.delete': 'the memory adapter keeps no state',
  'channelState.get': 'the memory adapter keeps no state',
  'channelState.set': 'the memory adapter keeps no state',
  'children.create': making,
  'children.freeFolder': making,
  'children.madeBy': making,
  'children.refusal': making,
  'files.hasAgentFolder': making,
  'files.stageInstructions': making,
  'chats.create': 'an operator makes chats',
  'chats.delete': 'an operator deletes chats',
  'chats.wasDeleted': 'asked where a bot is spoken to in an unknown chat; changes nothing',
  'core.clearSession': 'a person clears a conversation; tested with the core',
  'core.forget': 'an operator forgets a person; a crash at each step is tested with the core',
  'core.hasDestination': 'asked by embedders; changes nothing',
  'core.initSessionFolder': 'the host opens mailboxes, which makes the folder',
  'core.trace': 'asked by commands; changes nothing',
  'core.writeSessionMessage': 'of embedders without a host',
  'mailbox.say': 'nobody says a command to the host in these scenarios; tested with the mailbox',
  'core.writeSystemResponse': 'of embedders without a host',
  'destinations.rename': 'an operator renames',
  'files.removeMemory': 'a person clears a conversation; tested with the core',
  'heard.clear': 'a person clears a conversation',
  'heard.list': 'asked by commands; changes nothing',
  'incidents.get': 'asked by commands; changes nothing',
  'incidents.tellLater': 'only where no sink takes it; tested with the teller',
  'mailbox.answers': 'asked by commands; changes nothing',
  'mailbox.events': 'asked by subscribers; changes nothing',
  'mailbox.eventsOf': 'asked by commands; changes nothing',
  'mailbox.prunable': pruning,
  'mailbox.prune': pruning,
  'mailbox.wanting': 'asked where more rows wait than are held in memory; changes nothing',
  'people.add': 'an operator makes people known',
  'people.ensureOwner': 'the daemon makes the first owner',
  'people.get': 'asked by commands; changes nothing',
  'people.grantRole': 'an operator gives and takes roles',
  'people.list': 'asked by commands; changes nothing',
  'people.remove': 'an operator forgets accounts',
  'people.revokeRole': 'an operator gives and takes roles',
  'people.roleFor': 'asked by commands; changes nothing',
  'retention.due': pruning,
  'retention.newestActivity': pruning,
  'retention.noteClock': pruning,
  'retention.prune': pruning,
  'retention.seenClock': pruning,
  'sessions.forChat': 'asked by whoever waits for a chat to be quiet; changes nothing',
  'sessions.running': 'asked by commands; changes nothing',
  'wirings.create': 'an operator wires',
  'wirings.engage': 'these wirings engage always',
  'wirings.isEngaged': 'asked where wirings are sticky; changes nothing',
  'wirings.update': 'an operator wires',
  'wirings.remove': 'an operator unwires',
  'wirings.list': 'asked by commands; changes nothing',
}

/**
 * What stands outside: the adapter with what it tells the host, and the containers. `driver.end` is a
 * call of a second life: it has a test among the two crashes.
 */
const outside = [
  'adapter.deliver',
  'adapter.deliveryUpdate',
  'adapter.handOver',
  'adapter.reconcile',
  'adapter.start',
  'container.kill',
  'container.stop',
  'driver.list',
  'driver.start',
  'operator.tell',
]

/** What a host may be cut off at, by name. */
export const hostOperations: readonly string[] = [
  ...faultOperations.filter((operation) => notMade[operation] === undefined),
  ...outside,
]

/** Reasons for calls that are made after all: to be taken out of the list. */
export function outdatedReasons(died: ReadonlySet<string>): readonly string[] {
  return Object.keys(notMade).filter((operation) => died.has(`after ${operation}`))
}
