import { NanoclawError, timestamp } from '@nanoclaw/schema'
import { messagingGroupAgents } from '@nanoclaw/schema/drizzle'
import { and, asc, desc, eq, sql } from 'drizzle-orm'
import { insertion } from '../central/insertion-order.ts'
import { oneOf, present } from '../central/narrow.ts'
import { grantDestination, type DestinationDeps } from '../destinations/grant-destination.ts'
import type { NewWiring, Wiring, Wirings } from './types.ts'

function toWiring(row: typeof messagingGroupAgents.$inferSelect): Wiring {
  return {
    ...row,
    sessionMode: oneOf(
      ['shared', 'per-thread', 'agent-shared'],
      row.sessionMode,
      'messaging_group_agents.session_mode',
    ),
    engageMode: oneOf(
      ['always', 'mention', 'mention-sticky', 'pattern'],
      row.engageMode,
      'messaging_group_agents.engage_mode',
    ),
  }
}

/** The statements that other parts of the core share. */
export function wiringStatements({ orm }: DestinationDeps['store']) {
  const forChat = orm
    .select()
    .from(messagingGroupAgents)
    .where(eq(messagingGroupAgents.messagingGroupId, sql.placeholder('messagingGroupId')))
    .orderBy(desc(messagingGroupAgents.priority), asc(insertion))
    .prepare()
  return {
    forChat: (messagingGroupId: string): Wiring[] =>
      forChat.all({ messagingGroupId }).map(toWiring),
  }
}

/** What {@link wiringStatements} gives. */
export type WiringStatements = ReturnType<typeof wiringStatements>

function createWiring(deps: DestinationDeps, wiring: NewWiring) {
  const { agentGroupId, messagingGroupId, localName } = wiring
  const { orm, clock, ids } = deps.store
  // Grants first: it checks that agent and chat exist.
  const { destination, changed } = grantDestination(deps, {
    agentGroupId,
    target: { type: 'channel', messagingGroupId },
    localName,
  })
  const pair = and(
    eq(messagingGroupAgents.messagingGroupId, messagingGroupId),
    eq(messagingGroupAgents.agentGroupId, agentGroupId),
  )
  const read = () => orm.select().from(messagingGroupAgents).where(pair).get()
  if (read() !== undefined) {
    throw new NanoclawError(
      'taken',
      `agent ${agentGroupId} is wired to chat ${messagingGroupId} already`,
    )
  }
  orm
    .insert(messagingGroupAgents)
    .values({
      id: ids.next('wire'),
      agentGroupId,
      messagingGroupId,
      sessionMode: wiring.sessionMode ?? 'shared',
      engageMode: wiring.engageMode ?? 'always',
      priority: wiring.priority ?? 0,
      createdAt: timestamp(clock),
    })
    .run()
  return { wiring: toWiring(present(read(), 'the wiring')), destination, changed }
}

/** Wirings in the central database. */
export function createWirings(
  deps: DestinationDeps,
  statements: WiringStatements,
  notify: (agentGroupId: string) => void,
): Wirings {
  const { store } = deps
  return {
    async create(newWiring) {
      const { wiring, destination, changed } = await store.write('full', () =>
        createWiring(deps, newWiring),
      )
      if (changed) notify(wiring.agentGroupId)
      return { wiring, destination }
    },
    forChat: (messagingGroupId) =>
      store.readCached(`wirings:${messagingGroupId}`, () => statements.forChat(messagingGroupId)),
    list: () =>
      store.read(() =>
        store.orm.select().from(messagingGroupAgents).orderBy(asc(insertion)).all().map(toWiring),
      ),
  }
}
