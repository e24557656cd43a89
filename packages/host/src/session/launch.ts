import { access, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Agent, Core, Mailbox, Session } from '@nanoclaw/core'
import { runnerEnv } from '@nanoclaw/schema'
import type { Container, RunnerProgram, SessionDriver } from '../drivers/port.ts'

/** What it takes to start a session's container. */
export interface LaunchDeps {
  readonly core: Core
  readonly driver: SessionDriver
  readonly runner: RunnerProgram
  readonly session: Session
  readonly mailbox: Mailbox
  readonly timezone: string
  log(line: string): void
}

const instructionsFile = 'AGENTS.md'

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

function environment(deps: LaunchDeps, agent: Agent, epoch: number): Record<string, string> {
  return {
    [runnerEnv.provider]: deps.session.agentProvider ?? agent.provider,
    [runnerEnv.timezone]: deps.timezone,
    [runnerEnv.assistantName]: agent.name,
    [runnerEnv.agentGroupId]: agent.id,
    [runnerEnv.agentGroupName]: agent.name,
    [runnerEnv.isAdmin]: agent.isAdmin ? '1' : '0',
    [runnerEnv.sessionId]: deps.session.id,
    [runnerEnv.epoch]: String(epoch),
    [runnerEnv.mcpServers]: '{}',
  }
}

/**
 * Starts the session's container under its next epoch, with the address book as it is now. The
 * mailbox must be open: its connection is what lets the container read `inbound.db` at all.
 */
export async function launchContainer(deps: LaunchDeps, agent: Agent): Promise<Container> {
  const { core, session, mailbox } = deps
  const epoch = await core.sessions.beginEpoch(session.id)
  await core.writeDestinations(session, mailbox)
  const { inbound, outbound, private: privateFolder } = core.layout.session(agent.id, session.id)
  const agentFolder = core.layout.agent(agent.folder)
  await mkdir(agentFolder, { recursive: true })
  const instructions = join(agentFolder, instructionsFile)
  return deps.driver.start({
    installId: core.installId,
    sessionId: session.id,
    epoch,
    agentGroupId: agent.id,
    folders: {
      inbound,
      outbound,
      agent: agentFolder,
      agentReadonly: (await exists(instructions)) ? [instructions] : [],
      private: privateFolder,
    },
    runner: deps.runner,
    env: environment(deps, agent, epoch),
    log: (line) => deps.log(line),
  })
}
