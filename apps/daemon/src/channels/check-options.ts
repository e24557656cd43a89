import type { AdapterDefinition } from '@nanoclaw/adapters'
import type { ChannelEntry } from '../config/channel-entries.ts'

/** One thing that is wrong with the options of a channel. */
export interface OptionIssue {
  /** Where in the options, from the top; empty: in all of them. */
  readonly path: readonly string[]
  readonly message: string
}

/** The options as the schema gives them, or everything that is wrong with them. */
export type CheckedOptions =
  | { readonly value: unknown; readonly issues?: undefined }
  | { readonly issues: readonly OptionIssue[] }

/** Checks the options of an entry by the adapter's own schema. */
export async function checkOptions(
  definition: AdapterDefinition,
  { options, unset }: Pick<ChannelEntry, 'options' | 'unset'>,
): Promise<CheckedOptions> {
  const result = await definition.options['~standard'].validate(options)
  const refused = (result.issues ?? []).map(({ path = [], message }) => ({
    path: path.map((part) => String(typeof part === 'object' ? part.key : part)),
    message,
  }))
  const missing = unset.map(({ path, variable }) => ({
    path,
    message: `the environment variable ${variable} is not set`,
  }))
  const known = new Set(missing.map(({ path }) => path.join('.')))
  const issues = [...missing, ...refused.filter(({ path }) => !known.has(path.join('.')))]
  return result.issues === undefined && issues.length === 0 ? { value: result.value } : { issues }
}

/** One line for each issue: the option's path, then what is wrong. */
export function issueText({ path, message }: OptionIssue): string {
  return path.length === 0 ? message : `${path.join('.')}: ${message}`
}
