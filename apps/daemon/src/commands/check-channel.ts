import type { AdapterDefinition } from '@nanoclaw/adapters'
import { errorMessage } from '@nanoclaw/schema'
import { checkOptions, issueText, type OptionIssue } from '../channels/check-options.ts'
import { makeAdapter } from '../channels/make-adapter.ts'
import type { OptionField } from '../channels/option-fields.ts'
import { createRedactor, secretsOf } from '../channels/redactor.ts'
import { within } from '../channels/within.ts'
import type { ChannelEntry } from '../config/channel-entries.ts'
import { CommandFailure, exitCodes } from '../failure.ts'

/** A channel that is being configured. */
export interface Candidate {
  readonly definition: AdapterDefinition
  readonly fields: readonly OptionField[] | undefined
  readonly signal: AbortSignal
}

/**
 * What the schema has against the options, without secrets; a variable may be set for the daemon
 * and not here.
 * @throws CommandFailure when the schema throws or does not answer; the signal's reason.
 */
export async function refusedIssues(
  candidate: Candidate,
  entry: ChannelEntry,
): Promise<readonly OptionIssue[]> {
  const { text } = createRedactor(secretsOf(entry, candidate.fields))
  const unset = new Set(entry.unset.map(({ path }) => path.join('.')))
  const check = () => checkOptions(candidate.definition, entry)
  const { issues = [] } = await cleanly(candidate, entry, check)
  return issues
    .filter(({ path }) => !unset.has(path.join('.')))
    .map(({ path, message }) => ({ path, message: text(message) }))
}

/** Refuses, all at once, what the schema refuses, and an adapter that cannot be made. */
export async function expectUsable(candidate: Candidate, entry: ChannelEntry): Promise<void> {
  const refused = await refusedIssues(candidate, entry)
  if (refused.length > 0) {
    const lines = refused.map((issue) => `  ${issueText(issue)}`).join('\n')
    const how = 'give each with --option NAME=VALUE, or --env NAME=VARIABLE'
    throw refusal(`the options of ${entry.adapter} are refused; ${how}:\n${lines}`)
  }
  if (entry.unset.length > 0) return
  await cleanly(candidate, entry, () => makeAdapter(candidate.definition, entry))
}

/** Whatever the package throws is told without the secrets that it was given. */
async function cleanly<T>(
  { fields, signal }: Candidate,
  entry: ChannelEntry,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await within(work, 'it has not checked its options', { signal })
  } catch (error) {
    signal.throwIfAborted()
    const { text } = createRedactor(secretsOf(entry, fields))
    throw refusal(text(`${entry.adapter}: ${errorMessage(error)}`))
  }
}

function refusal(message: string): CommandFailure {
  return new CommandFailure(exitCodes.failed, 'bad-option', message)
}
