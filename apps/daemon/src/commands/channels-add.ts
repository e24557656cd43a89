import type { AdapterDefinition } from '@nanoclaw/adapters'
import { channelName } from '../channels/channel-name.ts'
import { withChannelsLock } from '../channels/channels-lock.ts'
import {
  channelsFolder,
  isBuiltIn,
  loadDefinition,
  packageOf,
} from '../channels/load-definition.ts'
import { installPackage, isInstalledWhole, unknownToNpm } from '../channels/npm.ts'
import { optionFields, valueOf, type OptionField } from '../channels/option-fields.ts'
import { readPackageSpec } from '../channels/package-spec.ts'
import { isChannel, readStored, writeStored } from '../channels/stored-channels.ts'
import { within } from '../channels/within.ts'
import type { ChannelEntry, StoredChannel } from '../config/channel-entries.ts'
import type { Config } from '../config.ts'
import { CommandFailure, exitCodes } from '../failure.ts'
import { askOptions } from './ask-options.ts'
import { readAssignments } from './assignments.ts'
import { expectUsable, refusedIssues } from './check-channel.ts'
import { tell, type CommandContext } from './context.ts'
import { openPrompts, type Prompts } from './prompts.ts'
import { untilStopped } from './until-stopped.ts'

/** What `channels add` can be told. */
export interface ChannelsAddOptions {
  /** A package's name, with a version or not; a folder; a tarball. */
  readonly spec: string
  readonly instance: string
  /** Each `name=value`. */
  readonly options: readonly string[]
  /** Each `option=VARIABLE`: the value is taken from the environment when the daemon starts. */
  readonly env: readonly string[]
  /** Ids of chats in which the first agent answers. Empty: asked for, else as they are. */
  readonly chats: readonly string[]
  /** Whether the package may run its install scripts. */
  readonly allowScripts: boolean
}

/**
 * Installs an adapter's package and puts it into the configuration, with options that its schema
 * has taken: asked for on a terminal, else from the flags alone. Gives the exit code.
 */
export async function runChannelsAdd(
  context: CommandContext,
  given: ChannelsAddOptions,
): Promise<number> {
  const { config, json, stdin, stdout } = context
  // What was typed is understood first.
  readAssignments(given)
  return await untilStopped(async (signal) => {
    const isAsked = stdin.isTTY && stdout.isTTY && !json
    const prompts = isAsked ? openPrompts(stdin, stdout, signal) : undefined
    prompts?.begin(`A channel for ${config.home}`)
    const waits = (): void =>
      tell(context, 'another command changes the channels of this home; waiting for it to end')
    return await withChannelsLock(config.home, { signal, waits }, () =>
      add(context, given, prompts, signal),
    )
  })
}

async function add(
  { config, json, stdout }: CommandContext,
  given: ChannelsAddOptions,
  prompts: Prompts | undefined,
  signal: AbortSignal,
): Promise<number> {
  const flags = readAssignments(given)
  const adapter = await install(config, given, prompts, signal)
  const load = () => loadDefinition(adapter, config.home)
  const definition = await within(load, `${adapter} has not loaded`, { signal })
  const fields = optionFields(definition)
  const candidate = { definition, fields, signal }
  const key = { adapter, instance: given.instance }
  const before = (await readStored(config.file)).find((stored) => isChannel(stored, key))
  const typed = { ...typedOptions(flags.options, fields), ...flags.references }
  let stored: StoredChannel = {
    ...key,
    options: { ...before?.options, ...typed },
    chats: given.chats.length > 0 ? given.chats.map((id) => ({ id })) : (before?.chats ?? []),
    delivery: before?.delivery,
  }
  if (prompts !== undefined) {
    const check = (options: Readonly<Record<string, unknown>>) =>
      refusedIssues(candidate, config.readChannel({ ...key, options }))
    const open = (fields ?? []).filter(({ name }) => !Object.hasOwn(typed, name))
    const options = await askOptions(prompts, open, stored.options ?? {}, check)
    const chats =
      given.chats.length > 0 ? stored.chats : await askChats(prompts, stored.chats ?? [])
    stored = { ...stored, options, chats }
  }
  const entry = config.readChannel(stored)
  await expectUsable(candidate, entry)
  await writeStored(config.file, (all) => [
    ...all.filter((other) => !isChannel(other, key)),
    shortened(stored),
  ])
  const next = nextSteps(definition, entry)
  if (json)
    stdout.write(`${JSON.stringify({ added: { ...key, channelType: definition.channelType } })}\n`)
  else if (prompts !== undefined) prompts.end(next)
  else stdout.write(`${next}\n`)
  return exitCodes.ok
}

/** Gives the name under which the adapter can be imported. */
async function install(
  { home, file }: Config,
  { spec, allowScripts }: ChannelsAddOptions,
  prompts: Prompts | undefined,
  signal: AbortSignal,
): Promise<string> {
  const folder = channelsFolder(home)
  const present = packageOf(spec)
  if (isBuiltIn(spec)) return spec
  if (present !== undefined && (await isInstalledWhole(folder, present))) return spec
  const found = await readPackageSpec(spec)
  await expectNothingLost(folder, found.name, await readStored(file))
  const work = () => installPackage(folder, found, { allowScripts, signal })
  await (prompts?.during(`Installing ${found.name}`, work) ?? work())
  return found.name
}

/** Npm removes what it has not installed; a channel that is configured is not to go that way. */
async function expectNothingLost(
  folder: string,
  name: string,
  stored: readonly StoredChannel[],
): Promise<void> {
  const others = stored.flatMap(({ adapter }) => packageOf(adapter) ?? [])
  const lost = await unknownToNpm(
    folder,
    others.filter((other) => other !== name),
  )
  if (lost.length === 0) return
  const problem = `npm did not install ${lost.join(', ')} into ${folder}, and would remove it`
  const advice = 'add it first, from where it came: nanoclaw channels add'
  throw new CommandFailure(exitCodes.failed, 'bad-option', `${problem}; ${advice}`)
}

function typedOptions(
  texts: Readonly<Record<string, string>>,
  fields: readonly OptionField[] | undefined,
): Record<string, unknown> {
  const kindOf = (name: string) => fields?.find((field) => field.name === name)?.kind ?? 'text'
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [name, valueOf(text, kindOf(name))]),
  )
}

async function askChats(
  prompts: Prompts,
  before: NonNullable<StoredChannel['chats']>,
): Promise<NonNullable<StoredChannel['chats']>> {
  const ids = before.flatMap(({ id }) => id ?? [])
  const answer = await prompts.text({
    message: 'Chats',
    hint: 'Ids of the chats in which your agent answers, separated by commas; empty: none yet.',
    initial: ids.join(', '),
  })
  const named = before.filter(({ id }) => id === undefined)
  const next = answer.split(',').flatMap((text) => text.trim() || [])
  return [...named, ...next.map((id) => before.find((chat) => chat.id === id) ?? { id })]
}

/** Without what says nothing. */
function shortened(stored: StoredChannel): StoredChannel {
  const { adapter, instance, options = {}, chats = [], delivery } = stored
  return {
    adapter,
    ...(instance === '' ? {} : { instance }),
    ...(Object.keys(options).length === 0 ? {} : { options }),
    ...(chats.length === 0 ? {} : { chats }),
    ...(delivery === undefined ? {} : { delivery }),
  }
}

function nextSteps(definition: AdapterDefinition, entry: ChannelEntry): string {
  const { adapter, instance, chats, unset } = entry
  const lines = [
    `Added ${channelName(entry)} (${definition.channelType}). It works from the next start on.`,
  ]
  const missing = [...new Set(unset.map(({ variable }) => variable))].join(', ')
  if (missing !== '') lines.push(`Not set here, and needed where the daemon starts: ${missing}`)
  if (chats.length === 0) {
    const again = instance === '' ? adapter : `${adapter} --instance ${instance}`
    lines.push(
      `Nobody is answered before a chat is named: nanoclaw channels add ${again} --chat ID`,
    )
  } else if (chats.some(({ unknownSenders = 'strict' }) => unknownSenders === 'strict')) {
    const channel =
      instance === '' ? definition.channelType : `${definition.channelType}/${instance}`
    lines.push(
      `Only members are heard: nanoclaw users add ${channel}:THEIR-ID --role member`,
      'Or everybody in a chat: nanoclaw chats set CHAT --unknown-senders public',
    )
  }
  return lines.join('\n')
}
