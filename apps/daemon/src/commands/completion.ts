import type { Command } from 'commander'
import { z } from 'zod'
import type { NameKind } from '../admin/command.ts'
import { shellWord } from '../admin/shell-word.ts'
import { requestAdmin } from '../control/request.ts'
import { exitCodes } from '../failure.ts'
import { complete, type Candidate } from '../program/complete.ts'
import { completionScript, type Shell } from '../program/completion-scripts.ts'
import { plainLine } from '../screen/text.ts'
import { readStoredStatus } from '../stored-status.ts'
import type { CommandContext } from './context.ts'

/** Prints what a shell has to read; gives the exit code. */
export function runCompletion({ stdout }: Pick<CommandContext, 'stdout'>, shell: Shell): number {
  const program = [process.execPath, process.argv[1] ?? 'nanoclaw'].map(shellWord).join(' ')
  stdout.write(completionScript(shell, `${program} complete-words --`))
  return exitCodes.ok
}

/** Prints what can stand in place of the last word, one a line, each with what it is. */
export async function runComplete(
  { config, stdout }: Pick<CommandContext, 'config' | 'stdout'>,
  program: Command,
  words: readonly string[],
): Promise<number> {
  const found = await complete(program, words, async (kind) => {
    const names = (await askedNames(config, kind)) ?? storedNames(config, kind)
    return names.map(({ value, about }) => ({ value, about: plainLine(about) }))
  })
  // A name that a line cannot hold cannot be completed.
  const lines = found.filter(({ value }) => plainLine(value) === value)
  stdout.write(lines.map(({ value, about }) => `${value}\t${about}\n`).join(''))
  return exitCodes.ok
}

/** Whoever waits for a tab key waits no longer, in milliseconds. */
const patienceMs = 1_000

const agentList = z.looseObject({
  agents: z.array(z.looseObject({ folder: z.string(), name: z.string() })),
})
const chatList = z.looseObject({
  chats: z.array(z.looseObject({ place: z.string(), name: z.string() })),
})
const userList = z.looseObject({
  people: z.array(
    z.looseObject({ name: z.string(), users: z.array(z.looseObject({ id: z.string() })) }),
  ),
})
const approvalList = z.looseObject({
  approvals: z.array(z.looseObject({ code: z.string(), summary: z.string() })),
})

const readers = {
  agent: {
    command: 'agents list',
    read: (result: unknown) =>
      agentList.parse(result).agents.map(({ folder, name }) => ({ value: folder, about: name })),
  },
  chat: {
    command: 'chats list',
    read: (result: unknown) =>
      chatList.parse(result).chats.flatMap(({ place, name }) => named(name, place)),
  },
  user: {
    command: 'users list',
    read: (result: unknown) =>
      userList
        .parse(result)
        .people.flatMap(({ name, users }) => users.map(({ id }) => ({ value: id, about: name }))),
  },
  approval: {
    command: 'approvals list',
    read: (result: unknown) =>
      approvalList
        .parse(result)
        .approvals.map(({ code, summary }) => ({ value: code, about: summary })),
  },
} as const

/** A chat under its name, which is shorter, and under its place. */
function named(name: string, place: string): Candidate[] {
  return [
    { value: name, about: place },
    { value: place, about: name },
  ]
}

/** What a daemon that runs says; undefined where none does, or it does not answer in time. */
async function askedNames(
  config: CommandContext['config'],
  kind: NameKind,
): Promise<readonly Candidate[] | undefined> {
  if (kind === 'target') {
    const [chats, agents] = [await askedNames(config, 'chat'), await askedNames(config, 'agent')]
    return chats && agents && [...chats, ...agents]
  }
  const { command, read } = readers[kind]
  const order = { command, input: {}, isSure: false, screen: { width: undefined } }
  try {
    const answer = await requestAdmin(config, order, patienceMs)
    return answer.outcome === 'done' ? read(answer.result) : undefined
  } catch {
    return undefined
  }
}

/** What the home holds, without changing it. */
function storedNames({ layout }: CommandContext['config'], kind: NameKind): readonly Candidate[] {
  const stored = readStored(layout)
  const agents = stored.agents.map(({ name, id }) => ({ value: name, about: id }))
  const chats = stored.chats.map(({ name, channelType }) => ({ value: name, about: channelType }))
  if (kind === 'agent') return agents
  if (kind === 'chat') return chats
  return kind === 'target' ? [...chats, ...agents] : []
}

function readStored(layout: CommandContext['config']['layout']) {
  const nothing = { agents: [], chats: [] }
  try {
    return readStoredStatus(layout) ?? nothing
  } catch {
    return nothing
  }
}
