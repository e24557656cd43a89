import type { AdapterDefinition, ChannelAdapter } from '@nanoclaw/adapters'
import { errorMessage, NanoclawError } from '@nanoclaw/schema'
import type { ChannelEntry } from '../config/channel-entries.ts'
import { capabilitiesProblem } from './capabilities.ts'
import { checkOptions, issueText } from './check-options.ts'

/**
 * Makes the adapter of an entry, not started.
 * @throws NanoclawError `bad-option` with everything that is wrong with the options, or what is
 *   wrong with what was made. May hold secrets.
 */
export async function makeAdapter(
  definition: AdapterDefinition,
  entry: ChannelEntry,
): Promise<ChannelAdapter> {
  const checked = await checkOptions(definition, entry)
  if (checked.issues !== undefined) {
    const issues = checked.issues.map(issueText).join('; ')
    throw new NanoclawError('bad-option', `its options are refused: ${issues}`)
  }
  const { instance } = entry
  const made = create(definition, checked.value, instance)
  const problem = problemOf(made, definition, instance)
  if (problem === undefined) return made
  throw new NanoclawError(
    'bad-option',
    `its create() made no usable adapter: ${problem}; that is for its author to mend`,
  )
}

function create(definition: AdapterDefinition, options: unknown, instance: string): ChannelAdapter {
  try {
    return definition.create(options, { instance })
  } catch (error) {
    const problem = `its create() failed: ${errorMessage(error)}`
    throw new NanoclawError('bad-option', problem, { cause: error })
  }
}

/** What a package made is foreign, whatever its types say. */
function problemOf(
  made: ChannelAdapter,
  { channelType }: AdapterDefinition,
  instance: string,
): string | undefined {
  const parts: object = Object(made)
  for (const method of ['start', 'stop', 'deliver', 'health']) {
    if (typeof Reflect.get(parts, method) !== 'function') return `expected a function "${method}"`
  }
  const incapable = capabilitiesProblem(Reflect.get(parts, 'capabilities'))
  if (incapable !== undefined) return incapable
  for (const method of ['typing', 'history'] as const) {
    if (made.capabilities[method] && typeof made[method] !== 'function') {
      return `expected a function "${method}", which its capabilities claim`
    }
  }
  if (made.channelType !== channelType) {
    return `expected the channelType "${channelType}" of its definition, got "${made.channelType}"`
  }
  return made.instance === instance
    ? undefined
    : `expected the instance "${instance}" that it was given, got "${made.instance}"`
}
