import { NanoclawError } from '@nanoclaw/schema'
import { plainLine } from '../../screen/text.ts'
import { shellWord } from '../shell-word.ts'
import { nearest } from './nearest.ts'

/** How things of one kind are looked up by what a person types. */
export interface Lookup<T> {
  /** Such as `agent`, with its article. */
  readonly what: string
  /** Under what it may be named, the surest first; later ones count where no earlier one fits. */
  readonly names: readonly ((one: T) => readonly string[])[]
  /** What tells two of one name apart. */
  readonly id: (one: T) => string
  /** The command that lists all, or makes the first. */
  readonly list: string
  readonly create: string
}

const mostListed = 5

/**
 * The one that is called so.
 * @throws NanoclawError `not-found`, with the nearest names and the command that lists all;
 *   `bad-option` where several are called so, with their ids.
 */
export function pick<T>(typed: string, all: readonly T[], lookup: Lookup<T>): T {
  const { what, names, id } = lookup
  for (const fold of [plain, folded]) {
    for (const namesOf of names) {
      const found = all.filter((one) => namesOf(one).some((name) => fold(name) === fold(typed)))
      const [first, ...others] = found
      if (first !== undefined && others.length === 0) return first
      if (first !== undefined) {
        const ids = found.map((one) => plainLine(id(one))).join(', ')
        const message = `"${plainLine(typed)}" is the name of ${found.length}; say which by its id: ${ids}`
        throw new NanoclawError('bad-option', message)
      }
    }
  }
  throw new NanoclawError('not-found', `there is no ${what} ${notThere(typed, all, lookup)}`)
}

function notThere<T>(typed: string, all: readonly T[], lookup: Lookup<T>): string {
  const wrong = `"${plainLine(typed)}"`
  if (all.length === 0) return `${wrong}, and none at all; make one: ${lookup.create}`
  const known = all.flatMap((one) => lookup.names.flatMap((namesOf) => namesOf(one)))
  const near = nearest(typed, known)
  const first = all.flatMap((one) => lookup.names.at(-1)?.(one) ?? [])
  const offered = near.length > 0 ? near : first.length <= mostListed ? [...new Set(first)] : []
  const which = offered.map((name) => shellWord(plainLine(name))).join(', ')
  const advice = `all of them: ${lookup.list}`
  if (near.length > 0) return `${wrong}; did you mean ${which}? (${advice})`
  return offered.length > 0 ? `${wrong}; there are: ${which} (${advice})` : `${wrong}; ${advice}`
}

const plain = (name: string): string => name
const folded = (name: string): string => name.normalize('NFKC').trim().toLowerCase()
