import type { Origin } from '@nanoclaw/schema'

/** What the host says in a chat. */
export interface Words {
  readonly origin: Origin
  readonly word: 'unanswered' | 'waiting' | 'recovered'
}

interface Trouble {
  /** What people have been told last. */
  word: Words['word']
  notice: string
  standsForThreads: boolean
  returns: number
  seenAt: number
  overAt: number
}

const minuteMs = 60_000

/** What people have been told of troubles, in each chat and thread. Times are in milliseconds. */
export class ChatModel {
  readonly #troubles = new Map<string, Trouble>()

  failed(origin: Origin, now: number): readonly Words[] {
    return this.#tell({ origin, word: 'unanswered' }, now)
  }

  answered(origin: Origin, now: number): readonly Words[] {
    const chat = { ...origin, threadId: null }
    const stands = this.#at(chat)?.standsForThreads === true
    const where = this.#at(origin) === undefined && stands ? chat : origin
    const trouble = this.#at(where)
    if (trouble === undefined) return []
    if (trouble.word === 'recovered') {
      if (isAway(trouble, trouble.overAt, now)) this.#troubles.delete(JSON.stringify(where))
      return []
    }
    if (trouble.returns > 0 && !isAway(trouble, trouble.seenAt, now)) return []
    trouble.word = 'recovered'
    trouble.overAt = now
    return [{ origin: where, word: 'recovered' }]
  }

  waiting(origins: readonly Origin[], now: number): readonly Words[] {
    const places = [...new Set(origins.map((origin) => JSON.stringify(origin)))]
    const threads = new Map<string, number>()
    return places.flatMap((place) => {
      const origin = origins.find((each) => JSON.stringify(each) === place)
      if (origin === undefined) return []
      const words = { origin, word: 'waiting' } as const
      if (origin.threadId === null) return this.#tell(words, now)
      const chat = { ...origin, threadId: null }
      const nth = (threads.get(chat.platformId) ?? 0) + 1
      threads.set(chat.platformId, nth)
      const known = this.#at(chat)
      const isCovered = known?.standsForThreads === true && known.word !== 'recovered'
      const own = this.#at(origin)
      const hasOwn = own !== undefined && own.word !== 'recovered'
      if (hasOwn || (nth <= 5 && !isCovered)) return this.#tell(words, now)
      const said = this.#tell({ ...words, origin: chat }, now)
      const told = this.#at(chat)
      if (told !== undefined) told.standsForThreads = true
      return said
    })
  }

  /** What was to be said has been made, as a row of this id. */
  said(id: string, { origin, word }: Words): void {
    const trouble = this.#at(origin)
    if (trouble !== undefined && word !== 'recovered') trouble.notice = id
  }

  /** A row does not go out: if it was a notice, nobody has been told. */
  lost(id: string): void {
    for (const [key, { notice }] of this.#troubles) if (notice === id) this.#troubles.delete(key)
  }

  #at(origin: Origin): Trouble | undefined {
    return this.#troubles.get(JSON.stringify(origin))
  }

  #tell(words: Words, now: number): readonly Words[] {
    const { origin, word } = words
    const known = this.#at(origin)
    const isOver = known?.word === 'recovered'
    if (known !== undefined && !isOver && (word === 'waiting' || known.word === 'unanswered')) {
      known.seenAt = now
      return []
    }
    const returns = known?.returns ?? 0
    const comesBack = isOver && !isAway(known, known.overAt, now)
    this.#troubles.set(JSON.stringify(origin), {
      word,
      notice: '',
      standsForThreads: known?.standsForThreads === true && !isOver,
      returns: comesBack ? returns + 1 : isOver ? 0 : returns,
      seenAt: now,
      overAt: 0,
    })
    return [words]
  }
}

function isAway({ returns }: Trouble, since: number, now: number): boolean {
  let minutes = 10
  for (let n = 1; n < returns; n += 1) minutes *= 2
  return now < since || now - since >= Math.min(minutes, 1_440) * minuteMs
}
