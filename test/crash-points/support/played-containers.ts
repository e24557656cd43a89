import { join } from 'node:path'
import type {
  Container,
  ContainerExit,
  ContainerInfo,
  ContainerSpec,
  SessionDriver,
} from '@nanoclaw/host'
import { sessionFiles, type JournalMode } from '@nanoclaw/schema'
import type { Death } from './death.ts'
import { PlayedRunner, type Answer } from './played-runner.ts'

interface Living {
  readonly info: ContainerInfo
  readonly runner: PlayedRunner
}

/** The machine's containers: they outlive the host that has started them. */
export interface PlayedContainers {
  /** The driver of one life of the host. */
  driver(death: Death): SessionDriver
  /** The kernel ends those that hang in a turn. */
  killHanging(): void
  /** The host's end of every container's pipes is gone. */
  hangUp(): void
  /** For the end of the test. */
  close(): void
}

/** A machine on which nothing runs. */
export function createPlayedContainers(journal: JournalMode, answer: Answer): PlayedContainers {
  const living = new Set<Living>()
  const all: PlayedRunner[] = []

  const begin = (spec: ContainerSpec, ring: () => void): Living => {
    const { sessionId, epoch, installId, folders } = spec
    const files = {
      inboundDb: join(folders.inbound, sessionFiles.inboundDb),
      outboundDb: join(folders.outbound, sessionFiles.outboundDb),
      journal,
      epoch,
    }
    const runner = new PlayedRunner(files, answer, ring)
    const one = { info: { driver: 'played', installId, sessionId, epoch, pid: 0 }, runner }
    living.add(one)
    all.push(runner)
    void runner.exited.then(() => living.delete(one))
    return one
  }

  const containerOf = (spec: ContainerSpec, death: Death): Container => {
    let onRing = (): void => undefined
    let wasRung = false
    const { runner } = begin(spec, () => {
      wasRung = true
      onRing()
    })
    // What a dead host's objects still wait for has ended; the runner goes on.
    const cut = Promise.withResolvers<ContainerExit>()
    const ended = runner.exited.then((code) => ({ code, signal: code === null ? 'SIGKILL' : null }))
    const exited = Promise.race([ended, cut.promise])
    const ask = async (operation: string, work: () => void): Promise<void> => {
      try {
        await death.pass(operation, async () => {
          work()
          await exited
        })
      } catch {
        cut.resolve({ code: null, signal: 'SIGKILL' })
      }
    }
    return {
      sessionId: spec.sessionId,
      epoch: spec.epoch,
      pid: 0,
      exited,
      ring: () => void (death.isDead || runner.ring()),
      onRing: (listener) => {
        onRing = listener
        if (wasRung) queueMicrotask(listener)
      },
      stop: (graceMs) =>
        ask('container.stop', () => {
          runner.finish()
          const timer = setTimeout(() => {
            if (death.isDead) cut.resolve({ code: null, signal: 'SIGKILL' })
            else runner.kill()
          }, graceMs)
          void exited.then(() => clearTimeout(timer))
        }),
      kill: () => ask('container.kill', () => runner.kill()),
    }
  }

  return {
    driver: (death) => ({
      name: 'played',
      capabilities: { sharedKernel: journal === 'wal', isolation: 'none' },
      probe: async () => ({ ok: true }),
      start: (spec) => death.pass('driver.start', async () => containerOf(spec, death)),
      list: () => death.pass('driver.list', async () => [...living].map(({ info }) => info)),
      end: (info) =>
        death.pass('driver.end', async () => {
          for (const each of living) if (each.info === info) each.runner.kill()
        }),
      stop: async () => undefined,
    }),
    killHanging: () => {
      for (const { runner } of living) if (runner.isHanging) runner.kill()
    },
    hangUp: () => {
      for (const { runner } of living) runner.finish()
    },
    close: () => {
      for (const runner of all) {
        runner.kill()
        runner.close()
      }
    },
  }
}
