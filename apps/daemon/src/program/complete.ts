import type { Command, Option } from 'commander'
import type { NameKind } from '../admin/command.ts'
import { adminCommands } from '../admin/table.ts'

/** Something that can stand next. */
export interface Candidate {
  readonly value: string
  readonly about: string
}

/** Names of what a home has, by kind. Never rejects. */
export type KnownNames = (kind: NameKind) => Promise<readonly Candidate[]>

/** What can stand in place of the last of these words, which may be a beginning, or empty. */
export async function complete(
  program: Command,
  words: readonly string[],
  known: KnownNames,
): Promise<readonly Candidate[]> {
  const begun = words.at(-1) ?? ''
  const { at, operands, awaited } = walk(program, words.slice(0, -1))
  const found = await candidates(at, operands, begun, awaited, known)
  return found.filter(({ value }) => value.startsWith(begun))
}

interface Reached {
  readonly at: Command
  /** How many words stand behind the name of the command. */
  readonly operands: number
  /** The flag whose value comes next. */
  readonly awaited: Option | undefined
}

function walk(program: Command, words: readonly string[]): Reached {
  let [at, operands] = [program, 0]
  let awaited: Option | undefined
  for (const word of words) {
    if (awaited !== undefined) awaited = undefined
    else if (word.startsWith('-')) awaited = takesNext(at, word)
    else {
      const below = operands === 0 ? visible(at).find((one) => one.name() === word) : undefined
      if (below === undefined) operands += 1
      else at = below
    }
  }
  return { at, operands, awaited }
}

function takesNext(at: Command, word: string): Option | undefined {
  return at.options.find((option) => option.long === word && option.required)
}

async function candidates(
  at: Command,
  operands: number,
  begun: string,
  awaited: Option | undefined,
  known: KnownNames,
): Promise<readonly Candidate[]> {
  if (awaited !== undefined) {
    if (awaited.argChoices !== undefined) return plain(awaited.argChoices)
    const flag = specOf(at)?.flags.find(({ form }) => form === awaited.flags)
    return flag?.is === undefined ? [] : await known(flag.is)
  }
  if (begun.startsWith('-')) {
    return at.options.flatMap(({ long, description }) =>
      long === undefined ? [] : [{ value: long, about: description }],
    )
  }
  const below = operands > 0 ? [] : visible(at)
  const named = below.map((one) => ({ value: one.name(), about: one.description() }))
  // A group alone is its first command, whose words may stand behind it, too.
  const own = below.length > 0 ? (specs(at).at(0) ?? at) : at
  const word = 'words' in own ? own.words[operands] : specOf(at)?.words[operands]
  const kind = word?.is ?? (operands === 0 ? namedBy[pathOf(at)] : undefined)
  if (kind !== undefined) return [...named, ...(await known(kind))]
  const choices = word?.choices ?? at.registeredArguments[operands]?.argChoices
  return choices === undefined ? named : [...named, ...plain(choices)]
}

/** What the first word of a command outside the table names. */
const namedBy: Readonly<Record<string, NameKind>> = { chat: 'chat' }

function plain(values: readonly string[]): Candidate[] {
  return values.map((value) => ({ value, about: '' }))
}

function visible(at: Command): readonly Command[] {
  return at.createHelp().visibleCommands(at)
}

function pathOf(at: Command): string {
  const above = at.parent
  return above === null || above.parent === null ? at.name() : `${pathOf(above)} ${at.name()}`
}

function specOf(at: Command) {
  const path = pathOf(at)
  return adminCommands.find(({ name }) => name === path)
}

/** The commands of a group. */
function specs(at: Command) {
  return adminCommands.filter(({ name }) => name.startsWith(`${pathOf(at)} `))
}
