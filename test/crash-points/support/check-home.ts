import { deliveryBeginnings, canBecome } from '@nanoclaw/core'
import { idempotencyKey, type DeliveryStatus } from '@nanoclaw/schema'
import { openEyes, type DeliveredColumns, type SessionView } from './read-home.ts'
import type { HomeView, World } from './scenario.ts'

const mostParts = 8

function rowsByKey(installId: string, sessions: readonly SessionView[]) {
  const known = new Map<string, { readonly row: DeliveredColumns; readonly part: number }>()
  for (const { session, delivered } of sessions) {
    for (const row of delivered) {
      for (let part = 0; part < mostParts; part += 1) {
        known.set(idempotencyKey(installId, session.id, row.message_out_id, part), { row, part })
      }
    }
  }
  return known
}

/** Reads what is left. */
export function viewHome(world: World): HomeView {
  const eyes = openEyes(world.layout)
  try {
    const sessions = eyes.sessions().map((session) => eyes.view(session))
    const known = rowsByKey(eyes.installId(), sessions)
    // What the host itself asks people is in no ledger.
    const ofAgents = world.memory.delivered.filter(({ origin }) => origin.chatId !== 'boss')
    const shown = ofAgents.map(({ key, text, origin }) => {
      const found = known.get(key)
      return { key, text, chatId: origin.chatId, row: found?.row, part: found?.part ?? 0 }
    })
    const { expected } = world.scenario
    return { world, expected, sessions, incidents: eyes.incidents(), shown }
  } finally {
    eyes.close()
  }
}

const text = (value: unknown): string => JSON.stringify(value)

function differs(what: string, expected: unknown, got: unknown): readonly string[] {
  return text(expected) === text(got)
    ? []
    : [`${what}: expected ${text(expected)}, got ${text(got)}`]
}

/** I2: what a platform was confirmed is one row, and what it was not, it still has. */
function acceptedOnce({ world, sessions }: HomeView): readonly string[] {
  const ids = sessions.flatMap(({ inbound }) =>
    inbound.flatMap(({ platform_message_id: id }) => (id === null ? [] : [id])),
  )
  return differs('messages in the mailbox', world.posted, ids)
}

/** I3: every row has an end. */
function everythingEnded({ sessions, expected }: HomeView): readonly string[] {
  const open = sessions.flatMap(({ inbound }) =>
    inbound.filter((row) => row.trigger === 1 && !['completed', 'failed'].includes(row.status)),
  )
  const ends = sessions.flatMap(({ delivered }) =>
    delivered.filter(({ seq }) => seq % 2 === 1).map(({ status }) => status),
  )
  const said = sessions.flatMap((session) => session.said)
  const copied = sessions.flatMap(({ delivered }) =>
    delivered.filter(({ seq }) => seq % 2 === 1).map((row) => row.message_out_id),
  )
  return [
    ...open.map(({ seq, status }) => `inbound row ${seq} is ${status}`),
    ...differs('copies in the ledger', said, copied),
    ...differs('ends of what was said', expected.ends ?? said.map(() => 'delivered'), ends),
    ...sessions.flatMap(({ session }) =>
      differs('next_due_at when nothing is left', null, session.next_due_at),
    ),
  ]
}

/** I10: shown at least once; more often only outside of a window, and then it is counted. */
function shownHonestly({ world, sessions, shown }: HomeView): readonly string[] {
  const times = new Map<string, number>()
  for (const { key } of shown) times.set(key, (times.get(key) ?? 0) + 1)
  const { capabilities, reconcile } = world.memory
  const isExact = capabilities.idempotency !== 'none' || reconcile !== undefined
  const doubles = shown.filter(({ key, row, part }) => {
    if (times.get(key) === 1) return false
    const marks = row === undefined ? 0 : ambiguousCountOf(row, part, sessions)
    return isExact || marks < (times.get(key) ?? 0) - 1
  })
  const strangers = shown.filter(({ row }) => row === undefined)
  const seen = new Set(shown.map(({ row }) => row?.message_out_id))
  const missing = sessions
    .flatMap(({ delivered }) => delivered)
    .filter(({ channel_type: type }) => type === 'memory')
    .filter((row) => row.status === 'delivered' && !seen.has(row.message_out_id))
  return [
    ...doubles.map((each) => `shown more often than is marked: ${each.text.slice(0, 40)}`),
    ...strangers.map((each) => `shown, but in no ledger: ${each.text.slice(0, 40)}`),
    ...missing.map(({ content }) => `delivered, but not shown: ${content.slice(0, 40)}`),
  ]
}

function ambiguousCountOf(
  row: DeliveredColumns,
  part: number,
  sessions: readonly SessionView[],
): number {
  const parts = sessions.flatMap((session) => session.parts)
  const own = parts.find((one) => one.message_out_id === row.message_out_id && one.part === part)
  return Math.max(row.ambiguous_count, own?.ambiguous_count ?? 0)
}

/** I6, and that nothing else is said than what was to be said: each at its first showing. */
function shownInOrder({ shown, expected }: HomeView): readonly string[] {
  const first = new Map(shown.toReversed().map((each) => [each.key, each.text]))
  const texts = [...first.values()].toReversed()
  if (expected.isAnyOrder !== true) return differs('shown, in order', expected.shown, texts)
  return differs('shown', expected.shown.toSorted(), texts.toSorted())
}

/** The ledger's history keeps to the table of transitions, and leads to what stands there. */
function historyIsLegal({ sessions }: HomeView): readonly string[] {
  return sessions.flatMap(({ delivered, deliveryEvents }) =>
    delivered.flatMap((row) => {
      const statuses = deliveryEvents
        .filter((event) => event.message_seq === row.seq)
        .map(({ status }) => status as DeliveryStatus)
      const isSound =
        deliveryBeginnings.some((beginning) => beginning === statuses[0]) &&
        statuses.every((to, at) => at === 0 || canBecome(statuses[at - 1] ?? to, to)) &&
        statuses.at(-1) === row.status
      return isSound ? [] : [`history of ${row.seq}, now ${row.status}: ${statuses.join(' → ')}`]
    }),
  )
}

/** I3: who is told, and how often. */
function toldOnce({ world, sessions, incidents, expected }: HomeView): readonly string[] {
  const told = sessions.flatMap(({ inbound }) =>
    inbound.filter(
      ({ kind, content }) => kind === 'system' && content.includes('"type":"delivery_'),
    ),
  )
  const kinds = [...new Set(incidents.map(({ kind }) => kind))].toSorted()
  return [
    ...incidents
      .filter((one) => one.resolved_at === null && !world.told.includes(one.kind))
      .map(({ kind }) => `the operator has never been told of ${kind}`),
    ...differs('notices to the agent', expected.agentTold ?? 0, told.length),
    ...differs('kinds of incidents', (expected.incidents ?? []).toSorted(), kinds),
  ]
}

/** Everything that is wrong with a world in which nothing happens any more. */
export function checkHome(home: HomeView): readonly string[] {
  return [
    ...acceptedOnce(home),
    ...everythingEnded(home),
    ...shownHonestly(home),
    ...shownInOrder(home),
    ...historyIsLegal(home),
    ...toldOnce(home),
    ...(home.world.scenario.check?.(home) ?? []),
  ]
}
