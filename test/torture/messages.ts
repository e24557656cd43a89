import type { Random } from './random.ts'

/**
 * What a message asks of the agent. `pushed` ones come while a turn runs, `poison` kills its runner
 * each time, `tool` says a line by a tool before the turn ends.
 */
export type MessageKind = 'plain' | 'slow' | 'effect' | 'long' | 'tool' | 'poison'

/** A message of the stream, before it is written into its room. */
export interface Composed {
  readonly text: string
  /** What has to stand in the room when it is answered: `m000017.01`, one a line. */
  readonly tokens: readonly string[]
  /** Those of them that a tool says, which may overtake answers of the same turn. */
  readonly early: readonly string[]
  /** The file that its effect goes to, in the agent's folder. */
  readonly effect: string | undefined
}

/** Finds tokens in what a room shows. */
export const tokenPattern = /\bm\d{6}\.\d{2}\b/g

const filler = 'and so on and on, in words that only take room'

/** The text of message `number`, for a room that the agent calls `name`. */
export function compose(
  number: number,
  kind: MessageKind,
  { name, random }: { readonly name: string; readonly random: Random },
): Composed {
  const token = (line: number): string =>
    `m${String(number).padStart(6, '0')}.${String(line).padStart(2, '0')}`
  const plain = { tokens: [token(1)], early: [], effect: undefined }
  switch (kind) {
    case 'plain':
      return { ...plain, text: token(1) }
    case 'slow':
      return { ...plain, text: `!sleep ${random.between(100, 900)}\n${token(1)}` }
    case 'poison':
      return { ...plain, text: `${token(1)}\n!crash` }
    case 'effect': {
      const effect = `effect-${token(0)}`
      const text = `!effect ${effect}\n!sleep ${random.between(0, 400)}\n${token(1)}`
      return { ...plain, text, effect }
    }
    case 'long': {
      const tokens = Array.from({ length: random.between(6, 24) }, (_, line) => token(line + 1))
      return { ...plain, text: tokens.map((each) => `${each} ${filler}`).join('\n'), tokens }
    }
    case 'tool': {
      const call = `!call send_message ${JSON.stringify({ to: name, text: token(1) })}`
      const text = `${call}\n!sleep ${random.between(0, 400)}\n${token(2)}`
      return { text, tokens: [token(1), token(2)], early: [token(1)], effect: undefined }
    }
    default:
      return kind satisfies never
  }
}
