import { errorMessage, runnerEnv } from '@nanoclaw/schema'
import type { Agent, Core, Logger, Mailbox, Session } from '@nanoclaw/core'
import { unlessAborted } from '../deadline.ts'
import type { Container, ContainerSpec, RunnerProgram, SessionDriver } from '../drivers/port.ts'
import { createContainerLog, type ContainerLog } from './container-log.ts'

/** What it takes to start a session's container. */
export interface LaunchDeps {
  readonly core: Core
  readonly driver: SessionDriver
  readonly runner: RunnerProgram
  readonly session: Session
  readonly mailbox: Mailbox
  readonly timezone: string
  /** Takes trouble with the container's own log; what the container says goes into that one. */
  readonly logger: Pick<Logger, 'warn'>
  /** It must do without the agent's shared folder. */
  readonly isOpen: boolean
  /** Aborted when no container is wanted any more. */
  readonly signal: AbortSignal
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
 * mailbox must be open: its connection is what lets the container read `inbound.db` at all. What
 * the container logs goes to `container.log` in the session's private folder. When it does not
 * start, the session is `stopped` again and the error is the driver's.
 */
export async function launchContainer(deps: LaunchDeps, agent: Agent): Promise<Container> {
  const { core, session } = deps
  const epoch = await core.sessions.beginEpoch(session.id)
  try {
    return await startUnder(epoch, deps, agent)
  } catch (error) {
    await core.sessions.setContainerStatus(session.id, 'stopped').catch(() => undefined)
    throw error
  }
}

async function startUnder(epoch: number, deps: LaunchDeps, agent: Agent): Promise<Container> {
  const { core, session } = deps
  await core.writeDestinations(session, deps.mailbox)
  const { folder, instructions } = await agentFolder(deps, agent)
  const { inbound, outbound, private: hostOnly } = core.layout.session(agent.id, session.id)
  const log = createContainerLog({
    folder: hostOnly,
    clock: core.clock,
    onTrouble: (error) =>
      deps.logger.warn(
        { session: session.id, why: errorMessage(error) },
        'the log of a container cannot be written',
      ),
  })
  log.line(`--- container of epoch ${epoch} ---`)
  try {
    const container = await started(deps, {
      installId: core.installId,
      sessionId: session.id,
      epoch,
      agentGroupId: agent.id,
      folders: {
        inbound,
        outbound,
        agent: folder,
        agentReadonly: [instructions],
        private: hostOnly,
      },
      runner: deps.runner,
      env: environment(deps, agent, epoch),
      log: (line) => log.line(line),
    })
    return closingLog(container, log)
  } catch (error) {
    await log.close()
    throw error
  }
}

/** What comes when nobody waits for it any more is ended. */
async function started({ driver, signal }: LaunchDeps, spec: ContainerSpec): Promise<Container> {
  const starting = driver.start(spec, signal)
  try {
    return await unlessAborted(starting, signal)
  } catch (error) {
    starting.then((late) => late.kill()).catch(() => undefined)
    throw error
  }
}

/** Tells the operator of what stood where the instructions belong: somebody put it there. */
async function agentFolder({ core, session, isOpen }: LaunchDeps, agent: Agent) {
  const prepared = await core.agents.prepareFolder(agent, isOpen ? session.id : undefined)
  if (prepared.setAside !== undefined) {
    await core.incidents.open({
      kind: 'instructions-replaced',
      subject: agent.id,
      agentGroupId: agent.id,
      message:
        `${prepared.instructions} was a link, a folder or a file with a second name; it is now ` +
        `${prepared.setAside}, and the agent has the default instructions. Look at it, then write ` +
        'the instructions anew',
    })
  }
  return prepared
}

/** The container, whose end includes that its last words are in the log. */
function closingLog(container: Container, log: ContainerLog): Container {
  const exited = container.exited.then(async (exit) => {
    log.line(`--- ended: ${exit.setupFailure ?? exit.signal ?? `code ${exit.code}`} ---`)
    await log.close()
    return exit
  })
  return {
    sessionId: container.sessionId,
    epoch: container.epoch,
    pid: container.pid,
    exited,
    ring: () => container.ring(),
    leave: () => container.leave?.(),
    onRing: (listener) => container.onRing(listener),
    async stop(graceMs) {
      await container.stop(graceMs)
      await exited
    },
    async kill() {
      await container.kill()
      await exited
    },
  }
}
