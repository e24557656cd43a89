import type { Evidence, InboundRow, LedgerPart } from './evidence.ts'
import type { Violation } from './verdict.ts'

/**
 * What the rooms were told, against what they were owed: a notice with the first message that fails,
 * none for others of the same trouble, and a word with the first answer that it is over. A trouble
 * that has come back is told again; when that is over decides the clock, so both is right then.
 */
export function wrongNotices(evidence: Evidence): readonly Violation[] {
  const { messages, inbound, ledger, posts } = evidence
  const rooms = new Map(messages.map(({ id, room }) => [id, room]))
  const rows = Map.groupBy(inbound, (row) => rooms.get(row.platformMessageId ?? '') ?? '')
  const own = ledger.filter(({ seq, part }) => seq % 2 === 0 && part === 0)
  const shown = new Set(posts.map(({ key, room }) => `${room} ${key}`))
  const hidden = own.filter(({ room, key }) => !shown.has(`${room} ${key}`))
  return [
    ...hidden.map(({ rowId, room }) => wrong(`${rowId} is not shown in ${room}`)),
    ...[...Map.groupBy(own, ({ room }) => room ?? '').keys(), ...rows.keys()]
      .filter((room, index, all) => room !== '' && all.indexOf(room) === index)
      .flatMap((room) =>
        walk(
          rows.get(room) ?? [],
          own.filter((one) => one.room === room),
          evidence,
        ),
      ),
  ]
}

function wrong(detail: string): Violation {
  return { kind: 'notice', detail }
}

/** Rows of one room end in the order of their numbers. */
function walk(
  rows: readonly InboundRow[],
  notices: readonly LedgerPart[],
  { words }: Evidence,
): readonly Violation[] {
  // Of a trouble in which no container runs people are told at no message in particular.
  const isLoose = notices.some(({ inReplyTo }) => inReplyTo === null)
  if (isLoose) return []
  const found: Violation[] = []
  const of = Map.groupBy(notices, ({ inReplyTo }) => inReplyTo ?? '')
  let isTold = false
  let troubles = 0
  for (const { id, status } of rows.toSorted((a, b) => a.seq - b.seq)) {
    const said = of.get(id)?.map(({ text }) => text) ?? []
    const isFailed = status === 'failed'
    const due = isFailed ? words.unanswered : words.recovered
    const isOwed = isFailed ? !isTold : isTold && troubles === 1
    const mayBe = isFailed ? !isTold : isTold
    if (said.some((text) => text !== due))
      found.push(wrong(`${id} is ${status}: ${said.join(' ')}`))
    const times = said.filter((text) => text === due).length
    if (times === 0 && isOwed) found.push(wrong(`${id} is ${status}, and nobody said: ${due}`))
    if (times > (mayBe ? 1 : 0))
      found.push(wrong(`${id} is ${status}, and it was needless: ${due}`))
    if (times === 0) continue
    if (isFailed && !isTold) troubles += 1
    isTold = isFailed
  }
  const known = new Set(rows.map(({ id }) => id))
  const strange = notices.filter(({ inReplyTo }) => !known.has(inReplyTo ?? ''))
  return [
    ...found,
    ...strange.map(({ rowId }) => wrong(`${rowId} is about no message of its room`)),
  ]
}
