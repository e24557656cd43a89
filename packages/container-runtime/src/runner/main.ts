import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import {
  createIds,
  errorMessage,
  isNanoclawError,
  runnerExit,
  sessionFiles,
  systemClock,
  timestamp,
} from '@nanoclaw/schema'
import { createLocalTime } from '../prompt/local-time.ts'
import type { AgentProvider } from '../provider.ts'
import { createScriptedProvider } from '../providers/scripted.ts'
import { createBuiltinTools } from '../tools/builtin.ts'
import { createBell, listenForRings } from './doorbell.ts'
import { readEnvironment, type RunnerEnvironment } from './environment.ts'
import { startHeartbeat, touchFile } from './heartbeat.ts'
import { createInbox } from './inbox.ts'
import { openSessionDatabases } from './open-session.ts'
import { Outbox } from './outbox.ts'
import { Runner } from './runner.ts'
import type { Log } from './session.ts'

const log: Log = (level, message) => {
  if (level === 'debug') return
  process.stderr.write(`${timestamp(systemClock)} ${level} ${message}\n`)
}

/** One clear sentence, and the end. */
function refuse(message: string): never {
  process.stderr.write(`${message}\n`)
  process.exit(runnerExit.badEnvironment)
}

function readEnvironmentOrExit(): RunnerEnvironment {
  try {
    return readEnvironment(process.env)
  } catch (error) {
    refuse(errorMessage(error))
  }
}

function chooseProvider(name: string): AgentProvider {
  const known: Readonly<Record<string, () => AgentProvider>> = {
    scripted: () => createScriptedProvider({ crash: () => process.exit(1) }),
  }
  const make = Object.hasOwn(known, name) ? known[name] : undefined
  if (make !== undefined) return make()
  refuse(
    `the runner cannot start: AGENT_PROVIDER names ${name}, but this runner has only ${Object.keys(known).join(', ')}`,
  )
}

async function main(): Promise<number> {
  const environment = readEnvironmentOrExit()
  const provider = chooseProvider(environment.provider)
  const stopHeartbeat = startHeartbeat(() => touchFile(environment.heartbeat, systemClock.now()))
  const wait = (ms: number): Promise<void> => delay(ms)
  const databases = await openSessionDatabases(environment, wait)
  const inbox = createInbox(databases.inbound)
  const outbox = new Outbox(databases.outbound, {
    clock: systemClock,
    epoch: environment.epoch,
    hostSeq: () => inbox.largestSeq(),
  })
  const runner = new Runner({
    inbox,
    outbox,
    provider,
    tools: createBuiltinTools(),
    clock: systemClock,
    ids: createIds(systemClock),
    wait,
    log,
    ringHost: createBell(process.stdout),
    prompt: {
      localTime: createLocalTime(environment.timezone),
      inboxFolder: join(dirname(environment.inboundDb), sessionFiles.inbox),
    },
    assistantName: environment.assistantName,
    agentFolder: process.cwd(),
  })
  listenForRings(process.stdin, { ring: () => runner.ring(), end: () => runner.finish() })
  process.on('SIGTERM', () => runner.finish())
  const code = await runner.run()
  stopHeartbeat()
  return code
}

function fail(error: unknown): void {
  const expected = isNanoclawError(error)
  log('error', expected || !(error instanceof Error) ? errorMessage(error) : String(error.stack))
  process.exit(expected && error.code === 'fenced' ? runnerExit.fenced : 1)
}

process.on('uncaughtException', fail)
process.on('unhandledRejection', fail)
main().then((code) => process.exit(code), fail)
