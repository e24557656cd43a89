import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { AdapterDefinition } from '@nanoclaw/adapters'
import { errorMessage } from '@nanoclaw/schema'
import { channelName } from '../channels/channel-name.ts'
import {
  channelsFolder,
  isBuiltIn,
  isInstalled,
  loadDefinition,
} from '../channels/load-definition.ts'
import { makeAdapter } from '../channels/make-adapter.ts'
import { installPackage } from '../channels/npm.ts'
import { optionFields, valueOf, type OptionField } from '../channels/option-fields.ts'
import { checkOptions, issueText, type OptionIssue } from '../channels/check-options.ts'
import { createRedactor, secretsOf } from '../channels/redactor.ts'
import { isChannel, readStored, writeStored } from '../channels/stored-channels.ts'
import type { ChannelEntry, StoredChannel } from '../config/channel-entries.ts'
import { CommandFailure, exitCodes } from '../failure.ts'
import { askOptions } from './ask-options.ts'
import { readAssignments } from './assignments.ts'
import type { CommandContext } from './context.ts'
import { openPrompts, type Prompts } from './prompts.ts'

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
  const flags = readAssignments(given)
  const prompts = stdin.isTTY && stdout.isTTY && !json ? openPrompts(stdin, stdout) : undefined
  prompts?.begin(`A channel for ${config.home}`)
  const adapter = await install(config.home, given, prompts)
  const definition = await loadDefinition(adapter, config.home)
  const fields = optionFields(definition)
  const key = { adapter, instance: given.instance }
  const before = (await readStored(config.file)).find((stored) => isChannel(stored, key))
  const typed = { ...typedOptions(flags.options, fields), ...flags.references }
  let stored: StoredChannel = {
    ...key,
    options: { ...before?.options, ...typed },
    chats: given.chats.length > 0 ? given.chats.map((id) => ({ id })) : (before?.chats ?? []),
  }
  if (prompts !== undefined) {
    const check = (options: Readonly<Record<string, unknown>>) =>
      refusedIssues(definition, config.readChannel({ ...key, options }))
    const open = (fields ?? []).filter(({ name }) => !Object.hasOwn(typed, name))
    const options = await askOptions(prompts, open, stored.options ?? {}, check)
    const chats =
      given.chats.length > 0 ? stored.chats : await askChats(prompts, stored.chats ?? [])
    stored = { ...stored, options, chats }
  }
  await expectUsable(context, definition, stored, fields)
  await writeStored(config.file, (all) => [
    ...all.filter((other) => !isChannel(other, key)),
    shortened(stored),
  ])
  const next = nextSteps(definition, config.readChannel(stored))
  if (json)
    stdout.write(`${JSON.stringify({ added: { ...key, channelType: definition.channelType } })}\n`)
  else if (prompts !== undefined) prompts.end(next)
  else stdout.write(`${next}\n`)
  return exitCodes.ok
}

async function install(
  home: string,
  { spec, allowScripts }: ChannelsAddOptions,
  prompts: Prompts | undefined,
): Promise<string> {
  if (isBuiltIn(spec) || isInstalled(spec, home)) return spec
  const isPath = /^\.{0,2}\/|\.(tgz|tar\.gz)$/.test(spec)
  const what = isPath ? resolve(spec) : spec
  if (isPath && !existsSync(what)) {
    const message = `there is nothing at ${what}; expected a package's folder or tarball`
    throw new CommandFailure(exitCodes.failed, 'not-found', message)
  }
  const work = () => installPackage(channelsFolder(home), what, { allowScripts })
  return await (prompts?.during(`Installing ${spec}`, work) ?? work())
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

/** What the schema has against the options; a variable may be set for the daemon and not here. */
async function refusedIssues(
  definition: AdapterDefinition,
  entry: ChannelEntry,
): Promise<readonly OptionIssue[]> {
  const unset = new Set(entry.unset.map(({ path }) => path.join('.')))
  const { issues = [] } = await checkOptions(definition, entry)
  return issues.filter(({ path }) => !unset.has(path.join('.')))
}

/** Refuses, all at once, what the schema refuses, and an adapter that cannot be made. */
async function expectUsable(
  { config }: CommandContext,
  definition: AdapterDefinition,
  stored: StoredChannel,
  fields: readonly OptionField[] | undefined,
): Promise<void> {
  const entry = config.readChannel(stored)
  const redactor = createRedactor(secretsOf(entry, fields))
  const refused = await refusedIssues(definition, entry)
  if (refused.length > 0) {
    const lines = refused.map((issue) => `  ${redactor.text(issueText(issue))}`).join('\n')
    const how = 'give each with --option NAME=VALUE, or --env NAME=VARIABLE'
    const message = `the options of ${stored.adapter} are refused; ${how}:\n${lines}`
    throw new CommandFailure(exitCodes.failed, 'bad-option', message)
  }
  if (entry.unset.length > 0) return
  try {
    await makeAdapter(definition, entry)
  } catch (error) {
    const message = `${stored.adapter}: ${redactor.text(errorMessage(error))}`
    throw new CommandFailure(exitCodes.failed, 'bad-option', message)
  }
}

/** Without what says nothing. */
function shortened({ adapter, instance, options = {}, chats = [] }: StoredChannel): StoredChannel {
  return {
    adapter,
    ...(instance === '' ? {} : { instance }),
    ...(Object.keys(options).length === 0 ? {} : { options }),
    ...(chats.length === 0 ? {} : { chats }),
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
  }
  return lines.join('\n')
}
