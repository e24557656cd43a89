import type { Core } from '@nanoclaw/core'
import type { Host } from '@nanoclaw/host'
import { z } from 'zod'
import type { Config } from '../config.ts'
import { CommandFailure, exitCodes, oneLine } from '../failure.ts'

/** What commands work on. */
export interface AdminDeps {
  readonly core: Core
  /** Undefined where no daemon runs. */
  readonly host: Host | undefined
  readonly config: Pick<Config, 'provider' | 'retentionDays' | 'archive'>
  /** Has what a command has changed take effect in a daemon that runs. Default: nothing is to be done. */
  readonly changed?: (() => Promise<void>) | undefined
}

/** Where the text of an answer is shown. */
export interface Screen {
  /** Columns; undefined: it is not a terminal, and nothing is cut. */
  readonly width: number | undefined
}

/** What a word stands for that a person types: for completion. */
export type NameKind = 'agent' | 'chat' | 'target' | 'user' | 'approval'

/** A word that stands behind the name of a command. */
export interface Word {
  readonly name: string
  readonly about: string
  readonly isOptional?: boolean
  readonly is?: NameKind
  readonly choices?: readonly string[]
}

/** A flag of a command, in commander's form: `--when <who>`, `--admin`, `--no-admin`. */
export interface Flag {
  readonly form: string
  readonly about: string
  readonly is?: NameKind
  readonly choices?: readonly string[]
}

/** What one command is. */
export interface CommandSpec<I, R extends object> {
  /** As it is typed: `agents create`, or one word. */
  readonly name: string
  /** One line, in the imperative. */
  readonly about: string
  /** More, for its help. */
  readonly more?: string
  /** At least one; each can be typed as it is. */
  readonly examples: readonly string[]
  readonly words?: readonly Word[]
  readonly flags?: readonly Flag[]
  /**
   * `look`: changes nothing. `change`. `grave`: a person is asked first, or says --yes. Default `look`.
   */
  readonly kind?: 'look' | 'change' | 'grave'
  /** Only a daemon that runs can do it. */
  readonly needsDaemon?: boolean
  /** Words by their names, flags by theirs in camel case. Gives the same for what it has given. */
  readonly input: z.ZodType<I>
  /** For `grave`: what will be done, a line each. Throws as `run` where it would fail. */
  readonly ask?: (deps: AdminDeps, input: I) => Promise<readonly string[]>
  /** The result is what `--json` prints. Throws NanoclawError. */
  readonly run: (deps: AdminDeps, input: I) => Promise<R>
  readonly text: (result: R, screen: Screen) => readonly string[]
}

/** What a command has come to. */
export interface AdminAnswer {
  readonly result: object
  readonly lines: readonly string[]
}

/** A command whose input is not known by its type: what the table holds. */
export interface AdminCommand extends Required<
  Pick<CommandSpec<unknown, object>, 'name' | 'about' | 'examples' | 'words' | 'flags' | 'kind'>
> {
  readonly more: string
  readonly needsDaemon: boolean
  /** @throws CommandFailure with what was wrong about which word or flag. */
  check(input: unknown): object
  ask(deps: AdminDeps, input: unknown): Promise<readonly string[]>
  run(deps: AdminDeps, input: unknown, screen: Screen): Promise<AdminAnswer>
}

/** A command for the table; its input is checked each time that it is used. */
export function adminCommand<I extends object, R extends object>(
  spec: CommandSpec<I, R>,
): AdminCommand {
  const { name, about, examples, more = '', words = [], flags = [], needsDaemon = false } = spec
  const { kind = 'look' } = spec
  const check = (input: unknown): I => {
    const checked = spec.input.safeParse(input)
    if (checked.success) return checked.data
    throw wrongInput(name, checked.error)
  }
  return {
    ...{ name, about, examples, more, words, flags, kind, needsDaemon },
    check,
    ask: async (deps, input) => (await spec.ask?.(deps, check(input))) ?? [],
    async run(deps, input, screen) {
      const result = await spec.run(deps, check(input))
      if (kind !== 'look') await deps.changed?.()
      return { result, lines: spec.text(result, screen) }
    },
  }
}

function wrongInput(name: string, { issues }: z.ZodError): CommandFailure {
  const [issue] = issues
  const where = issue && issue.path.length > 0 ? `${issue.path.join('.')}: ` : ''
  const message = oneLine(`${where}${issue?.message ?? 'not understood'}`)
  return new CommandFailure(exitCodes.usage, 'usage', `${message}; see nanoclaw ${name} --help`)
}

/** A whole number that was typed. */
export const wholeNumber = (least: number, most: number) =>
  z.coerce
    .number(`expected a whole number from ${least} to ${most}`)
    .int(`expected a whole number from ${least} to ${most}`)
    .min(least, `expected a whole number from ${least} to ${most}`)
    .max(most, `expected a whole number from ${least} to ${most}`)

/** A word or a name that was typed: not empty, and no more than a name can be. */
export const typed = z.string().min(1, 'expected more than nothing').max(2_000, 'too long')
