import type { Core, DestinationTarget } from '@nanoclaw/core'
import { isNanoclawError, NanoclawError } from '@nanoclaw/schema'
import { plainLine } from '../../screen/text.ts'
import { findAgent } from './find-agent.ts'
import { findChat } from './find-chat.ts'

/** Whom an agent may write to, as a person has named it. */
export interface FoundTarget {
  readonly target: DestinationTarget
  readonly name: string
}

/**
 * A chat or an agent; `chat:NAME` and `agent:NAME` say which.
 * @throws NanoclawError `not-found`, `bad-option` where several are called so.
 */
export async function findTarget(
  core: Pick<Core, 'agents' | 'chats'>,
  typed: string,
): Promise<FoundTarget> {
  const [, kind, name = typed] = /^(agent|chat):(.+)$/s.exec(typed) ?? []
  if (kind === 'agent') return await agentTarget(core, name)
  if (kind === 'chat') return await chatTarget(core, name)
  const [chat, agent] = await Promise.all([
    orMissing(chatTarget(core, typed)),
    orMissing(agentTarget(core, typed)),
  ])
  if ('missing' in chat) {
    if (!('missing' in agent)) return agent
    const message = `${chat.missing.message}; and ${agent.missing.message}`
    throw new NanoclawError('not-found', message)
  }
  if ('missing' in agent) return chat
  const shown = plainLine(typed)
  const message = `"${shown}" is a chat and an agent; say which: chat:${shown}, agent:${shown}`
  throw new NanoclawError('bad-option', message)
}

async function agentTarget(core: Pick<Core, 'agents'>, typed: string): Promise<FoundTarget> {
  const { id, name } = await findAgent(core, typed)
  return { target: { type: 'agent', agentGroupId: id }, name }
}

async function chatTarget(core: Pick<Core, 'chats'>, typed: string): Promise<FoundTarget> {
  const { id, name } = await findChat(core, typed)
  return { target: { type: 'channel', messagingGroupId: id }, name }
}

async function orMissing(
  work: Promise<FoundTarget>,
): Promise<FoundTarget | { readonly missing: Error }> {
  try {
    return await work
  } catch (error) {
    if (isNanoclawError(error) && error.code === 'not-found') return { missing: error }
    throw error
  }
}
