import { CommandFailure, exitCodes } from '../failure.ts'

/** Options from the command line. */
export interface Assignments {
  readonly options: Readonly<Record<string, string>>
  /** Options whose value is taken from the environment later. */
  readonly references: Readonly<Record<string, { readonly env: string }>>
}

/** @throws CommandFailure `usage` with everything that is no assignment. */
export function readAssignments(given: {
  /** Each `name=value`. */
  readonly options: readonly string[]
  /** Each `name=VARIABLE`. */
  readonly env: readonly string[]
}): Assignments {
  const problems: string[] = []
  const split = (flag: string, text: string, form: string): [string, string][] => {
    const at = text.indexOf('=')
    if (at > 0 && at < text.length - 1) return [[text.slice(0, at), text.slice(at + 1)]]
    // Whatever else it is may be a secret.
    problems.push(`expected ${flag} ${form}`)
    return []
  }
  const options = given.options.flatMap((text) => split('--option', text, 'NAME=VALUE'))
  const references = given.env.flatMap((text) =>
    split('--env', text, 'NAME=VARIABLE').map(([name, env]) => [name, { env }] as const),
  )
  if (problems.length > 0) {
    throw new CommandFailure(exitCodes.usage, 'usage', [...new Set(problems)].join('; '))
  }
  return { options: Object.fromEntries(options), references: Object.fromEntries(references) }
}
