import type { Agent, Mailbox, Session } from '@nanoclaw/core'
import type { Container } from '../drivers/port.ts'
import type { SessionTrace } from '../telemetry/session-trace.ts'
import type { ActorDeps } from './actor-deps.ts'
import { ContainerKeeper } from './container-keeper.ts'
import type { Drainer } from './drainer.ts'
import type { Hearing } from './hearing.ts'
import type { InterruptedTurns } from './interrupted-turns.ts'
import { launchContainer } from './launch.ts'
import type { WorkWatch } from './work-watch.ts'

/** What the containers of one session have to do with the rest of it. */
export interface SessionContainerDeps extends Pick<
  ActorDeps,
  'core' | 'driver' | 'runner' | 'slots' | 'settings' | 'logger'
> {
  readonly session: Session
  readonly agent: Agent
  readonly mailbox: Mailbox
  readonly work: WorkWatch
  readonly drainer: Drainer
  readonly interrupted: InterruptedTurns
  readonly hearing: Pick<Hearing, 'isOpen'>
  readonly trace: SessionTrace
  /** No container may start: in quarantine, or at the end. */
  isHeld(): boolean
  /** Nothing is due or under way. */
  isIdle(): boolean
  trouble(kind: string, message: string): void
  /** A container could not be started, or ended as none should. */
  onFailure(): void
  onChange(): void
}

/**
 * Keeps the container of one session: it starts when a row is due, and not before it is known what
 * the last one was at work on, where a person wants to be asked about that.
 */
export function createSessionContainer(deps: SessionContainerDeps): ContainerKeeper {
  const { session, agent, core, mailbox, work, drainer, interrupted } = deps
  const isAsked = agent.onInterrupted === 'ask'

  const launch = async (signal: AbortSignal): Promise<Container | undefined> => {
    await work.look()
    if (isAsked) {
      const paused = await interrupted.putAside()
      await work.ended(paused)
      if (!work.isDue) return undefined
    }
    const { driver, runner, logger, settings, trace } = deps
    const { timezone } = settings
    const isOpen = await deps.hearing.isOpen()
    const parts = { core, driver, runner, session, mailbox, timezone, logger, isOpen, signal }
    return trace.started(work.due, driver.name, () => launchContainer(parts, agent))
  }

  /** Its last words are read, and what the dead runner held has one try more. */
  const exited = async (container: Container): Promise<void> => {
    await core.sessions.setContainerStatus(session.id, 'stopped')
    if (deps.isHeld()) return
    const outcome = await drainer.once()
    if (!('processing' in outcome) || isAsked) return
    const held = outcome.processing.filter((ack) => ack.epoch === container.epoch)
    if (held.length > 0) await mailbox.countTry(held.map((ack) => ack.messageId))
  }

  return new ContainerKeeper({
    ...deps,
    agentId: agent.id,
    heartbeatPath: core.layout.session(agent.id, session.id).heartbeat,
    launch,
    onRing: () => drainer.ring(),
    onExit: exited,
    isWanted: async () => {
      // What it wrote would be held back, too; it is asked again when that is over.
      if (deps.isHeld() || drainer.isHeldBack || agent.deletedAt !== null) return false
      await work.look()
      return work.isDue
    },
  })
}
