import { hash } from 'node:crypto'
import type { HandOverResult, InboundEvent } from '@nanoclaw/adapters'
import type { Agent, Core, NewInbound, Session, Wiring } from '@nanoclaw/core'
import type { ByHand } from '../../session/by-hand.ts'
import type { SessionActor } from '../../session/session-actor.ts'
import { slashCommands } from './commands.ts'
import { readSlash, type SlashWords } from './read-slash.ts'
import type { SlashAnswer, SlashCommand } from './slash-command.ts'
import type { Slash, SlashSaid } from './types.ts'

/** What commands are carried out with. */
export interface SlashDeps {
  readonly core: Pick<Core, 'agents' | 'audit' | 'normalizeName' | 'people' | 'resolveSession'>
  readonly sessions: {
    use<T>(
      session: Session,
      work: (actor: Pick<SessionActor, 'hasSaid' | 'say' | 'standing'>) => Promise<T>,
    ): Promise<T>
    readonly byHand: Pick<ByHand, 'clear'>
  }
}

/** The command itself. */
interface Said extends SlashSaid {
  readonly command: SlashCommand
  readonly isOneOfSeveral: boolean
}

async function filtered<T>(all: readonly T[], keep: (one: T) => Promise<boolean>): Promise<T[]> {
  const kept: T[] = []
  for (const one of all) if (await keep(one)) kept.push(one)
  return kept
}

/** The same for the same command to the same session. */
function answerId({ id }: Session, { row }: SlashSaid): string {
  return `out-${hash('sha256', JSON.stringify([id, row.dedupeKey])).slice(0, 32)}`
}

function rowsOf({ command }: SlashAnswer, { row }: SlashSaid): readonly NewInbound[] {
  if (command === undefined) return []
  const { dedupeKey } = row
  return [{ kind: 'system', content: { type: 'command', command }, origin: null, dedupeKey }]
}

/** The way of commands; who may what is decided here, by what is known at that moment. */
export function createSlash({ core, sessions }: SlashDeps): Slash {
  async function isNamed({ agent }: SlashWords, { agentGroupId }: Wiring): Promise<boolean> {
    const known = agent === undefined ? undefined : await core.agents.get(agentGroupId)
    if (agent === undefined || known === undefined) return false
    const name = core.normalizeName(agent)
    return name === core.normalizeName(known.name) || name === known.folder
  }

  async function sessionOf({ agentGroupId, messagingGroupId, sessionMode }: Wiring, said: Said) {
    const { threadId } = said.event
    const request = { agentGroupId, messagingGroupId, sessionMode, threadId }
    return (await core.resolveSession(request)).session
  }

  /** Undefined: it has been answered. */
  async function answerTo(
    { agentGroupId, sessionMode }: Wiring,
    { command, event, isOneOfSeveral, ...said }: Said,
    agent: Agent,
    session: Session,
  ): Promise<(SlashAnswer & { readonly isDenied?: true }) | undefined> {
    const role = await core.people.roleFor(agentGroupId, said.user)
    const isOwnChat = event.chatKind === 'direct' && sessionMode !== 'agent-shared'
    const caller = { agent: agent.name, role, isOwnChat, isOneOfSeveral, commands: slashCommands }
    return sessions.use(session, async (actor) => {
      if (await actor.hasSaid(answerId(session, { ...said, event }))) return undefined
      if (command.mayUse(caller)) return command.answer({ ...caller, standing: actor.standing })
      return { text: `Only ${command.who(agent.name)} may use /${command.name}.`, isDenied: true }
    })
  }

  async function obey(wiring: Wiring, said: Said): Promise<HandOverResult> {
    const { command, user, row } = said
    const agent = await core.agents.get(wiring.agentGroupId)
    if (agent === undefined || row.origin === null) {
      return { outcome: 'rejected', reason: 'the agent is gone' }
    }
    const { origin } = row
    const session = await sessionOf(wiring, said)
    const answer = await answerTo(wiring, said, agent, session)
    if (answer === undefined) return { outcome: 'duplicate' }
    if (command.isAudited && answer.isDenied === undefined) {
      const details = { command: command.name, sessionId: session.id }
      await core.audit.write({ kind: 'command', actor: user, subject: agent.id, details })
    }
    if (answer.clears) await sessions.byHand.clear(session.id, user)
    const words = { id: answerId(session, said), text: answer.text, origin }
    return { outcome: await sessions.use(session, (one) => one.say(words, rowsOf(answer, said))) }
  }

  async function targetsOf(
    words: SlashWords,
    event: InboundEvent,
    wirings: readonly Wiring[],
    engages: (wiring: Wiring) => Promise<boolean>,
  ): Promise<readonly Wiring[] | undefined> {
    if (words.agent !== undefined) {
      const named = await filtered(wirings, (wiring) => isNamed(words, wiring))
      if (named.length === 0) return undefined
      return event.type === 'edit' ? [] : named
    }
    // What somebody has mended must not be done late, nor be read by an agent.
    if (event.type === 'edit') return []
    return wirings.length > 1 ? filtered(wirings, engages) : wirings
  }

  return {
    async read(event, wirings, engages) {
      const words = readSlash(event)
      if (words === undefined) return undefined
      const targets = await targetsOf(words, event, wirings, engages)
      if (targets === undefined) return undefined
      const { command } = words
      const isOneOfSeveral = wirings.length > 1
      return {
        wirings: targets,
        obey: (wiring, said) => obey(wiring, { ...said, command, isOneOfSeveral }),
      }
    },
  }
}
