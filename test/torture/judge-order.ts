import type { Evidence, LedgerPart } from './evidence.ts'
import type { Violation } from './verdict.ts'
import { tokenPattern } from './messages.ts'
import type { Post } from './platform/world.ts'

/**
 * What came before something that should have come earlier (I6): by the numbers of the ledger, and
 * by the messages that are answered. Only the first showing of each counts; a second one comes when it
 * comes. What a tool says in mid-turn may overtake the answers of its batch.
 */
export function disorder(
  evidence: Evidence,
  parts: ReadonlyMap<string, LedgerPart>,
): readonly Violation[] {
  const early = new Set(evidence.messages.flatMap((message) => message.early))
  const rooms = Map.groupBy(firstShowings(evidence.posts), ({ room }) => room)
  return [...rooms].flatMap(([room, posts]) => [
    ...inversions(
      room,
      posts.flatMap((post) => ledgerPlace(parts.get(post.key))),
    ),
    ...inversions(
      room,
      posts.flatMap(({ text }) =>
        (text.match(tokenPattern) ?? [])
          .filter((token) => !early.has(token))
          .map((token) => ({ at: token, name: token })),
      ),
    ),
  ])
}

function firstShowings(posts: readonly Post[]): readonly Post[] {
  return [...Map.groupBy(posts, ({ key }) => key).values()].flatMap((same) => same[0] ?? [])
}

interface Placed {
  /** Compared as text. */
  readonly at: string
  readonly name: string
}

/** The host's own words have even numbers, of a line that is only roughly the runner's. */
function ledgerPlace(part: LedgerPart | undefined): readonly Placed[] {
  if (part === undefined || part.seq % 2 === 0) return []
  const at = [part.seq, part.part].map((number) => String(number).padStart(12, '0')).join('.')
  return [{ at, name: `part ${part.part} of ${part.rowId} (${part.seq})` }]
}

function inversions(room: string, list: readonly Placed[]): readonly Violation[] {
  return list.flatMap((each, index) => {
    const before = list[index - 1]
    if (before === undefined || before.at <= each.at) return []
    return { kind: 'order', detail: `in ${room} ${each.name} came after ${before.name}` }
  })
}
