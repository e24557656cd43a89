import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { createCore, type Agent, type Chat, type Core, type CoreOptions } from '../src/index.ts'

/** A folder of its own, removed at the end of the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'nanoclaw-core-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** A core on a home of its own, closed and removed at the end of the test. */
export async function freshCore(options: Partial<CoreOptions> = {}): Promise<Core> {
  const home = options.home ?? join(await temporaryFolder(), 'home')
  const core = await createCore({ ...options, home })
  onTestFinished(() => core.close())
  return core
}

/** A chat of the channel `test`. */
export function makeChat(core: Core, name: string): Promise<Chat> {
  return core.chats.create({ channelType: 'test', platformId: name, name })
}

/** An agent, a chat and the wiring between them. */
export async function wiredPair(core: Core): Promise<{ agent: Agent; chat: Chat }> {
  const agent = await core.agents.create({ name: 'Max' })
  const chat = await makeChat(core, 'family')
  await core.wirings.create({ agentGroupId: agent.id, messagingGroupId: chat.id })
  return { agent, chat }
}
