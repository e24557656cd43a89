import { setTimeout as pause } from 'node:timers/promises'
import type { HandedOver } from './evidence.ts'
import { compose, tokenPattern, type MessageKind } from './messages.ts'
import type { Room, World } from './platform/world.ts'
import type { Random } from './random.ts'

/** Writes numbered messages, and knows which of them wait for an answer. */
export interface Stream {
  /** All that have been written, in order. */
  readonly messages: readonly HandedOver[]
  write(room: Room, kind: MessageKind): HandedOver
  /** How many of the newer ones have not been answered in full. */
  waiting(): number
}

/** What is still unanswered after so many others has probably been given up. */
const countedAsWaiting = 400

/** Numbers begin at 1. */
export function createStream(world: World, random: Random): Stream {
  const messages: HandedOver[] = []
  const shown = new Set<string>()
  let seen = 0
  return {
    messages,
    write(room, kind) {
      const number = messages.length + 1
      const { text, ...composed } = compose(number, kind, { name: room.name, random })
      const { message } = world.say(room, text)
      const handedOver = { number, kind, room: room.id, id: message.id, ...composed }
      messages.push(handedOver)
      return handedOver
    },
    waiting() {
      for (; seen < world.posts.length; seen += 1) {
        for (const token of world.posts[seen]?.text.match(tokenPattern) ?? []) shown.add(token)
      }
      return messages
        .slice(-countedAsWaiting)
        .filter(({ tokens, kind }) => kind !== 'poison' && tokens.some((one) => !shown.has(one)))
        .length
    },
  }
}

const kinds: Readonly<Record<MessageKind, number>> = {
  plain: 60,
  slow: 14,
  effect: 9,
  long: 6,
  tool: 10,
  poison: 1,
}
/** No more is written while so much waits. */
const mostWaiting = 120
const meanPauseMs = 350

/** Writes at random until the signal: single ones, and bursts that fall into running turns. */
export async function pour(
  stream: Stream,
  world: World,
  { random, signal }: { readonly random: Random; readonly signal: AbortSignal },
): Promise<void> {
  while (!signal.aborted) {
    if (stream.waiting() < mostWaiting) {
      const room = random.pick(world.rooms)
      const isBurst = random.next() < 0.25
      const count = isBurst ? random.between(2, 6) : 1
      for (let written = 0; written < count; written += 1) {
        // A burst begins with what takes time, so that the rest is pushed into its turn.
        stream.write(room, isBurst && written === 0 ? 'slow' : random.weighted(kinds))
        if (isBurst)
          await pause(random.between(0, 60), undefined, { signal }).catch(() => undefined)
      }
    }
    const ms = -Math.log(1 - random.next()) * meanPauseMs
    await pause(ms, undefined, { signal }).catch(() => undefined)
  }
}
