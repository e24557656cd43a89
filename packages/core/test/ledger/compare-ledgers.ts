import assert from 'node:assert/strict'
import type { Delivery, DeliveryPart, Mailbox } from '../../src/index.ts'
import type { LedgerModel, ModelPart, ModelRow } from './ledger-model.ts'

const many = 1_000

const moment = (text: string | null): number | null => (text === null ? null : Date.parse(text))

function rowOf(row: Delivery): ModelRow {
  const { id, seq, status, attempts, ambiguousCount, error } = row
  const { channelType, channelInstance, platformId, threadId } = row
  return {
    ...{ id, seq, status, attempts, ambiguousCount, error },
    origin: {
      channelType: channelType ?? '',
      channelInstance,
      platformId: platformId ?? '',
      threadId,
    },
    nextAttemptAt: moment(row.nextAttemptAt),
    firstSentAt: moment(row.firstSentAt),
    lastSentAt: moment(row.lastSentAt),
    deliveredAt: moment(row.deliveredAt),
    askedAt: moment(row.askedAt),
  }
}

function partOf(part: DeliveryPart): ModelPart {
  const { status, attempts, ambiguousCount, error } = part
  const sent = { firstSentAt: moment(part.firstSentAt), lastSentAt: moment(part.lastSentAt) }
  return { status, attempts, ambiguousCount, error, ...sent }
}

/** One row in both. */
export function compareRow(model: LedgerModel, real: Delivery): void {
  assert.deepEqual(rowOf(real), model.rows.get(real.id))
}

/** The rows that wait, by where they go, as a host asks for them. */
async function queuesOf(mailbox: Mailbox, now: string) {
  const queues = []
  for (const place of await mailbox.unfinishedPlaces()) {
    const rows = await mailbox.unfinished(place, many, now)
    const putOffUntil = moment(await mailbox.putOffUntil(place, now))
    queues.push({ place: place.platformId, ids: rows.map(({ id }) => id), putOffUntil })
  }
  return queues.toSorted((a, b) => (a.place < b.place ? -1 : 1))
}

function modelQueues(model: LedgerModel) {
  const places = [...new Set(model.unfinished.map(({ origin }) => origin.platformId))].toSorted()
  return places.map((place) => {
    const rows = model.unfinished.filter(({ origin }) => origin.platformId === place)
    const putOff = rows.filter((row) => model.isPutOff(row))
    const times = putOff.map(({ nextAttemptAt }) => nextAttemptAt ?? 0)
    return {
      place,
      ids: rows.filter((row) => !putOff.includes(row)).map(({ id }) => id),
      putOffUntil: times.length === 0 ? null : Math.min(...times),
    }
  })
}

async function listsOf(mailbox: Mailbox) {
  const idsOf = (rows: readonly { readonly id: string }[]) => rows.map(({ id }) => id)
  return {
    cursor: await mailbox.cursor(),
    largestSeq: await mailbox.largestSeq(),
    pending: idsOf(await mailbox.pending(many)),
    wanting: idsOf(await mailbox.wanting(many)),
    paused: idsOf(await mailbox.paused(many)),
    bad: idsOf(await mailbox.deliveries({ statuses: ['ambiguous', 'failed'], limit: many })),
  }
}

function modelLists(model: LedgerModel) {
  const inbound = [...model.inbound.values()]
  const of = (status: string) => inbound.filter((row) => row.status === status)
  const bad = model.sorted.filter(({ status }) => status === 'ambiguous' || status === 'failed')
  return {
    cursor: model.cursor,
    largestSeq: model.largestSeq,
    pending: of('pending').map(({ id }) => id),
    wanting: of('pending').flatMap(({ id, trigger }) => (trigger ? [id] : [])),
    paused: of('paused').map(({ id }) => id),
    bad: bad.map(({ id }) => id).toReversed(),
  }
}

/** Everything that a mailbox can be asked, in both. */
export async function compareAll(model: LedgerModel, mailbox: Mailbox, now: string): Promise<void> {
  const rows = (await mailbox.deliveries({ limit: many })).toReversed()
  assert.deepEqual(rows.map(rowOf), model.sorted)
  for (const { id } of rows) {
    const parts = (await mailbox.parts(id)).map((part) => [part.part, partOf(part)])
    assert.deepEqual(
      parts,
      [...(model.parts.get(id) ?? [])].toSorted(([a], [b]) => a - b),
    )
  }
  assert.deepEqual(await queuesOf(mailbox, now), modelQueues(model))
  assert.deepEqual(await listsOf(mailbox), modelLists(model))
  for (const { id, seq, status, tries } of model.inbound.values()) {
    const row = await mailbox.inbound(id)
    assert.deepEqual(row && [row.seq, row.status, row.tries], [seq, status, tries])
  }
}
