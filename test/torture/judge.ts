import type { Evidence, HandedOver, InboundRow, LedgerPart } from './evidence.ts'
import { disorder } from './judge-order.ts'
import { noticePeriods, type Periods } from './notice-periods.ts'
import { wrongNotices } from './owed-notices.ts'
import { tokenPattern } from './messages.ts'
import type { Post } from './platform/world.ts'
import type { Verdict, Violation } from './verdict.ts'

interface Case {
  readonly evidence: Evidence
  readonly showings: ReadonlyMap<string, readonly Post[]>
  readonly parts: ReadonlyMap<string, LedgerPart>
  readonly rows: ReadonlyMap<string, readonly InboundRow[]>
  readonly periods: Periods
}

/** Judges from the outside: what stands in the rooms decides, the databases only excuse. */
export function judge(evidence: Evidence): Verdict {
  const it = open(evidence)
  const fates = evidence.messages.map((message) => fateOf(message, it))
  const count = (fate: Fate['fate']): number => fates.filter((each) => each.fate === fate).length
  const doubles = [...sentAgain(it), ...saidAgain(it)]
  const doubled = doubles.reduce((sum, each) => sum + each.unmarked, 0)
  const effects = [...evidence.effects.values()]
  return {
    handedOver: evidence.messages.length,
    answered: count('answered'),
    lost: count('lost'),
    doubled,
    ambiguous: doubles.reduce((sum, each) => sum + each.marked, 0),
    effectsRepeated: effects.reduce((sum, lines) => sum + Math.max(lines - 1, 0), 0),
    failed: count('failed'),
    marked: evidence.ledger.filter(({ ambiguousCount }) => ambiguousCount > 0).length,
    violations: [
      ...fates.flatMap(({ violation }) => violation ?? []),
      ...doubles.flatMap(({ violation }) => violation ?? []),
      ...wrongRooms(it),
      ...disorder(evidence, it.parts),
      ...wrongNotices(evidence),
      ...unfinished(it),
      ...unaccounted(it),
    ],
  }
}

function open(evidence: Evidence): Case {
  const { posts, ledger, inbound } = evidence
  const said = posts.flatMap((post) => tokensOf(post).map((token) => ({ token, post })))
  const of = Map.groupBy(said, ({ token }) => token)
  return {
    evidence,
    showings: new Map([...of].map(([token, all]) => [token, all.map(({ post }) => post)])),
    parts: new Map(ledger.map((part) => [part.key, part])),
    rows: Map.groupBy(inbound, ({ platformMessageId }) => platformMessageId ?? ''),
    periods: noticePeriods(evidence),
  }
}

function tokensOf({ text }: Post): readonly string[] {
  return [...new Set(text.match(tokenPattern))]
}

/** So often a message is run before it is given up. */
const mostTries = 5

interface Fate {
  readonly fate: 'answered' | 'failed' | 'lost'
  readonly violation?: Violation
}

function fateOf(message: HandedOver, { showings, rows, periods }: Case): Fate {
  const { number, room, tokens, kind, id } = message
  const missing = tokens.filter(
    (token) => showings.get(token)?.some((post) => post.room === room) !== true,
  )
  const [row, second] = rows.get(id) ?? []
  const about = (kindOf: string, detail: string): Violation => ({
    kind: kindOf,
    detail,
    message: number,
  })
  if (second !== undefined) {
    return { fate: 'answered', violation: about('two-rows', `${row?.id} and ${second.id}`) }
  }
  if (missing.length === 0) {
    if (kind !== 'poison') return { fate: 'answered' }
    return {
      fate: 'answered',
      violation: about('poison', 'its runner died, and yet it is answered'),
    }
  }
  const end = `row ${row?.id ?? 'none'} ${row?.status ?? ''}`
  if (row?.status === 'failed') {
    if (periods.covers(room, row.seq)) {
      const tries = Math.max(row.tries, row.claims)
      if (kind === 'poison' || tries >= mostTries) return { fate: 'failed' }
      return { fate: 'failed', violation: about('given-up-early', `after ${tries} tries: ${end}`) }
    }
    return { fate: 'lost', violation: about('lost', `failed, and nobody told the chat: ${end}`) }
  }
  return { fate: 'lost', violation: about('lost', `${missing.join(' ')} not shown, ${end}`) }
}

interface Double {
  readonly marked: number
  readonly unmarked: number
  readonly violation?: Violation
}

/** One platform message that stands there more than once: each time needs a mark of its own. */
function sentAgain({ evidence, parts }: Case): Double[] {
  const byKey = [...Map.groupBy(evidence.posts, ({ key }) => key)]
  return byKey.flatMap(([key, posts]) => {
    const extra = posts.length - 1
    if (extra === 0) return []
    const part = parts.get(key)
    const marked = Math.min(extra, part?.ambiguousCount ?? 0)
    const unmarked = extra - marked
    if (unmarked === 0) return { marked, unmarked }
    const where = `${posts[0]?.room} under ${key}, part ${part?.part} of ${part?.rowId}`
    const detail = `shown ${posts.length} times in ${where}, marked ${part?.ambiguousCount ?? 0}: ${posts[0]?.text.slice(0, 60)}`
    return { marked, unmarked, violation: { kind: 'doubled', detail } }
  })
}

/** One line of an answer that was sent as two messages: the agent repeated itself, no mark excuses it. */
function saidAgain({ showings }: Case): Double[] {
  return [...showings].flatMap(([token, posts]) => {
    const keys = new Set(posts.map(({ key }) => key))
    if (keys.size === 1) return []
    const detail = `${token} was sent under ${[...keys].join(' and ')}`
    return { marked: 0, unmarked: keys.size - 1, violation: { kind: 'doubled', detail } }
  })
}

function wrongRooms({ evidence, showings }: Case): Violation[] {
  return evidence.messages.flatMap(({ number, tokens, room }) => {
    const elsewhere = tokens.flatMap((token) => showings.get(token) ?? [])
    const wrong = elsewhere.find((post) => post.room !== room)
    if (wrong === undefined) return []
    const detail = `written in ${room}, answered in ${wrong.room}`
    return { kind: 'wrong-room', detail, message: number }
  })
}

const ends = new Set(['completed', 'failed'])
const deliveryEnds = new Set(['delivered', 'failed', 'refused'])

/** What the databases hold that has not ended (I3). */
function unfinished({ evidence: { inbound, ledger } }: Case): Violation[] {
  const rows = inbound.filter(({ status }) => !ends.has(status))
  const parts = ledger.filter(({ status, part }) => part === 0 && !deliveryEnds.has(status))
  return [
    ...rows.map(({ id, status }) => ({ kind: 'unfinished', detail: `${id} is ${status}` })),
    ...parts.map(({ rowId, status }) => ({ kind: 'unfinished', detail: `${rowId} is ${status}` })),
  ]
}

/** What is shown and not in the ledger; what the ledger calls delivered and is not shown. */
function unaccounted({ evidence, parts }: Case): Violation[] {
  const shown = new Set(evidence.posts.map(({ key }) => key))
  const strange = [...shown].filter((key) => !parts.has(key))
  const claimed = evidence.ledger.filter(
    ({ status, key, isSplit }) => status === 'delivered' && !isSplit && !shown.has(key),
  )
  return [
    ...strange.map((key) => ({ kind: 'unknown-key', detail: `${key} is in no ledger` })),
    ...claimed.map(({ rowId }) => ({ kind: 'not-shown', detail: `${rowId} counts as delivered` })),
  ]
}
