import { describe, expect, it } from 'vitest'
import type { Evidence, HandedOver, InboundRow, LedgerPart } from './evidence.ts'
import { judge } from './judge.ts'
import type { Post } from './platform/world.ts'

const words = { unanswered: 'not answered', recovered: 'works again' }

function message(number: number, changes: Partial<HandedOver> = {}): HandedOver {
  const tokens = [`m00000${number}.01`]
  const rest = { kind: 'plain', room: 'one', early: [], effect: undefined } as const
  return { number, id: `p-${number}`, tokens, ...rest, ...changes }
}

/** What has failed was tried as often as it may be. */
function row(number: number, status = 'completed'): InboundRow {
  const claims = status === 'failed' ? 5 : 1
  const turn = { turnId: `turn-${number}`, claims, tries: claims }
  return { id: `in-${number}`, seq: 4 * number, status, ...turn, platformMessageId: `p-${number}` }
}

function answer(number: number, changes: Partial<LedgerPart> = {}): LedgerPart {
  return {
    key: `key-${number}`,
    rowId: `out-${number}`,
    session: 'sess-1',
    seq: 4 * number + 1,
    part: 0,
    room: 'one',
    text: `echo: m00000${number}.01`,
    status: 'delivered',
    ambiguousCount: 0,
    inReplyTo: `in-${number}`,
    isSplit: false,
    ...changes,
  }
}

function post(number: number, changes: Partial<Post> = {}): Post {
  const text = `echo: m00000${number}.01`
  return { id: 'b', room: 'one', text, key: `key-${number}`, at: '', ...changes }
}

/** Three messages, answered once and in order, but for what a test changes. */
function wellRun(changes: Partial<Evidence> = {}): Evidence {
  return {
    messages: [message(1), message(2), message(3)],
    posts: [post(1), post(2), post(3)],
    inbound: [row(1), row(2), row(3)],
    ledger: [answer(1), answer(2), answer(3)],
    effects: new Map(),
    words,
    ...changes,
  }
}

/** What the host says by itself about a row. */
function notice(text: string, about: number, key: string): LedgerPart {
  return answer(about, { key, text, rowId: `out-of-${key}`, seq: 4 * about + 2 })
}

const kindsOf = (evidence: Evidence): readonly string[] =>
  judge(evidence).violations.map(({ kind }) => kind)

describe('the judge', () => {
  it('has nothing to say of a run in which all went well', () => {
    expect(judge(wellRun())).toEqual({
      handedOver: 3,
      answered: 3,
      lost: 0,
      doubled: 0,
      ambiguous: 0,
      effectsRepeated: 0,
      failed: 0,
      marked: 0,
      violations: [],
    })
  })

  it('counts a message that nobody answered as lost, whatever the databases say', () => {
    const verdict = judge(wellRun({ posts: [post(1), post(3)] }))
    expect(verdict).toMatchObject({ handedOver: 3, answered: 2, lost: 1 })
    expect(verdict.violations).toEqual([
      { kind: 'lost', message: 2, detail: expect.stringContaining('m000002.01 not shown') },
      { kind: 'not-shown', detail: 'out-2 counts as delivered' },
    ])
  })

  it('counts a message as lost of which one line in the middle is not shown', () => {
    const tokens = ['m000002.01', 'm000002.02', 'm000002.03']
    const messages = [message(1), message(2, { tokens }), message(3)]
    const text = 'echo: m000002.01\necho: m000002.03'
    const verdict = judge(wellRun({ messages, posts: [post(1), post(2, { text }), post(3)] }))
    expect(verdict).toMatchObject({ answered: 2, lost: 1 })
  })

  it('counts a message without a row as lost', () => {
    const posts = [post(1), post(2)]
    const verdict = judge(
      wellRun({ posts, inbound: [row(1), row(2)], ledger: [answer(1), answer(2)] }),
    )
    expect(verdict).toMatchObject({ lost: 1 })
  })

  it('lets a message fail whose room was told, and no other', () => {
    const failed = { inbound: [row(1), row(2, 'failed'), row(3, 'failed')], posts: [post(1)] }
    const ledger = [answer(1), notice(words.unanswered, 2, 'told')]
    const told = post(2, { text: words.unanswered, key: 'told' })
    // One notice for both: the trouble is the same.
    const both = judge(wellRun({ ...failed, ledger, posts: [post(1), told] }))
    expect(both).toMatchObject({ answered: 1, failed: 2, lost: 0, violations: [] })
    expect(judge(wellRun({ ...failed, ledger }))).toMatchObject({ failed: 0, lost: 2 })
    expect(judge(wellRun({ ...failed, ledger: [answer(1)] }))).toMatchObject({ lost: 2 })
  })

  it('lets nothing fail but poison before it was tried five times', () => {
    const early = { ...row(2, 'failed'), tries: 1, claims: 4 }
    const evidence = {
      inbound: [row(1), early, row(3, 'failed')],
      posts: [post(1), post(2, { text: words.unanswered, key: 'told' })],
      ledger: [answer(1), notice(words.unanswered, 2, 'told')],
    }
    const verdict = judge(wellRun(evidence))
    expect(verdict).toMatchObject({ answered: 1, failed: 2, lost: 0 })
    expect(verdict.violations).toEqual([
      { kind: 'given-up-early', message: 2, detail: expect.stringContaining('after 4 tries') },
    ])
    const messages = [message(1), message(2, { kind: 'poison' }), message(3)]
    expect(kindsOf(wellRun({ ...evidence, messages }))).toEqual([])
  })

  it('wants a notice of its own for what fails after the trouble before it was over', () => {
    const evidence = wellRun({
      inbound: [row(1, 'failed'), row(2), row(3, 'failed')],
      ledger: [notice(words.unanswered, 1, 'told'), answer(2), notice(words.recovered, 2, 'over')],
      posts: [
        post(1, { text: words.unanswered, key: 'told' }),
        post(2),
        post(2, { text: words.recovered, key: 'over' }),
      ],
    })
    expect(judge(evidence)).toMatchObject({ answered: 1, failed: 1, lost: 1 })
  })

  describe('of what the host says by itself', () => {
    const { unanswered, recovered } = words
    /** Rows 1 to 3, of which some failed, and what was said of which. */
    function told(failed: readonly number[], said: readonly (readonly [string, number])[]) {
      const numbers = [1, 2, 3]
      const isFailed = (number: number): boolean => failed.includes(number)
      const notices = said.map(([text, about], at) => notice(text, about, `own-${at}`))
      const answers = numbers.filter((number) => !isFailed(number))
      return wellRun({
        inbound: numbers.map((number) => row(number, isFailed(number) ? 'failed' : 'completed')),
        ledger: [...answers.map((number) => answer(number)), ...notices],
        posts: [
          ...answers.map((number) => post(number)),
          ...notices.map(({ key, text }) => post(1, { key, text })),
        ],
      })
    }

    it('lets be what is told once, and once when it is over', () => {
      expect(kindsOf(told([1, 2], [[unanswered, 1], [recovered, 3]]))).toEqual([]) // prettier-ignore
    })

    it('finds a recovery that is never said, and one that is not shown', () => {
      expect(kindsOf(told([1], [[unanswered, 1]]))).toContain('notice')
      const said = told([1], [[unanswered, 1], [recovered, 2]]) // prettier-ignore
      const posts = said.posts.filter(({ text }) => text !== recovered)
      expect(kindsOf({ ...said, posts })).toContain('notice')
    })

    it('finds a second notice of one trouble', () => {
      expect(kindsOf(told([1, 2, 3], [[unanswered, 1], [unanswered, 2]]))).toEqual(['notice']) // prettier-ignore
    })

    it('finds a notice though all is answered', () => {
      expect(kindsOf(told([], [[unanswered, 2], [recovered, 3]]))).toContain('notice') // prettier-ignore
    })

    it('does not judge when people are told that their messages wait', () => {
      const said = told([1], [[unanswered, 1]]) // prettier-ignore
      const waits = { ...notice('messages wait', 2, 'own-0'), inReplyTo: null }
      expect(kindsOf({ ...said, ledger: [...said.ledger.slice(0, 2), waits] })).not.toContain(
        'notice',
      )
    })

    it('lets the second recovery wait, not the second trouble', () => {
      const first = [[unanswered, 1], [recovered, 2]] as const // prettier-ignore
      expect(kindsOf(told([1, 3], [...first, [unanswered, 3]]))).toEqual([])
      expect(kindsOf(told([1, 3], first))).toContain('notice')
    })
  })

  it('counts what is shown twice without a mark as doubled', () => {
    const verdict = judge(wellRun({ posts: [post(1), post(2), post(2), post(3)] }))
    expect(verdict).toMatchObject({ answered: 3, doubled: 1, ambiguous: 0 })
    expect(verdict.violations.map(({ kind }) => kind)).toEqual(['doubled'])
  })

  it('wants a mark for each time that something is shown again', () => {
    const posts = [post(1), post(2), post(2), post(2), post(3)]
    const markedBy = (ambiguousCount: number) =>
      judge(wellRun({ posts, ledger: [answer(1), answer(2, { ambiguousCount }), answer(3)] }))
    expect(markedBy(2)).toMatchObject({ doubled: 0, ambiguous: 2, violations: [] })
    expect(markedBy(1)).toMatchObject({ doubled: 1, ambiguous: 1 })
  })

  it('takes no mark for an excuse when the agent has said something under two keys', () => {
    const again = answer(2, { key: 'other', rowId: 'out-other', seq: 11, ambiguousCount: 1 })
    const verdict = judge(
      wellRun({
        posts: [post(1), post(2), post(2, { key: 'other' }), post(3)],
        ledger: [answer(1), answer(2, { ambiguousCount: 1 }), again, answer(3)],
      }),
    )
    expect(verdict).toMatchObject({ doubled: 1, ambiguous: 0 })
  })

  it('finds an inversion of the order, in the ledger and among the answers', () => {
    expect(kindsOf(wellRun({ posts: [post(1), post(3), post(2)] }))).toEqual(['order', 'order'])
    const ledger = [answer(1), answer(2, { seq: 13 }), answer(3, { seq: 9 })]
    expect(kindsOf(wellRun({ ledger }))).toEqual(['order'])
  })

  it('does not take a second showing for an inversion, nor another room', () => {
    const ledger = [answer(1, { ambiguousCount: 1 }), answer(2), answer(3, { room: 'two' })]
    const messages = [message(1), message(2), message(3, { room: 'two' })]
    const posts = [post(3, { room: 'two' }), post(1), post(2), post(1)]
    expect(kindsOf(wellRun({ messages, ledger, posts }))).toEqual([])
  })

  it('finds an answer that stands in another room', () => {
    const verdict = judge(wellRun({ posts: [post(1), post(2, { room: 'two' }), post(3)] }))
    expect(verdict.lost).toBe(1)
    expect(verdict.violations.map(({ kind }) => kind)).toEqual(['lost', 'wrong-room'])
  })

  it('finds what has not ended, what is in no ledger, and a message that has two rows', () => {
    const waiting = [row(1), row(2), row(3), { ...row(4, 'pending'), platformMessageId: null }]
    expect(kindsOf(wellRun({ inbound: waiting }))).toEqual(['unfinished'])
    const queued = [answer(1), answer(2), answer(3, { status: 'ambiguous' })]
    expect(kindsOf(wellRun({ ledger: queued }))).toEqual(['unfinished'])
    expect(kindsOf(wellRun({ posts: [post(1), post(2), post(3, { key: 'strange' })] }))).toEqual([
      'unknown-key',
      'not-shown',
    ])
    const twice = [row(1), row(2), row(3), { ...row(3), id: 'in-again' }]
    expect(kindsOf(wellRun({ inbound: twice }))).toEqual(['two-rows'])
  })

  it('finds a poison that is answered', () => {
    const messages = [message(1), message(2, { kind: 'poison' }), message(3)]
    expect(kindsOf(wellRun({ messages }))).toEqual(['poison'])
  })

  it('counts each effect that has happened more than once', () => {
    const effects = new Map([
      ['effect-1', 1],
      ['effect-2', 3],
    ])
    expect(judge(wellRun({ effects })).effectsRepeated).toBe(2)
  })
})
