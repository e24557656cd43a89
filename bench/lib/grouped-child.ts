import { setTimeout as delay } from 'node:timers/promises'
import { createIds, systemClock } from '@nanoclaw/schema'
import { createScriptedProvider } from '@nanoclaw/container-runtime'
import { createLocalTime } from '../../packages/container-runtime/src/prompt/local-time.ts'
import { startHeartbeat, touchFile } from '../../packages/container-runtime/src/runner/heartbeat.ts'
import { createInbox } from '../../packages/container-runtime/src/runner/inbox.ts'
import { openSessionDatabases } from '../../packages/container-runtime/src/runner/open-session.ts'
import { Outbox } from '../../packages/container-runtime/src/runner/outbox.ts'
import { readEnvironment } from '../../packages/container-runtime/src/runner/environment.ts'
import { Runner } from '../../packages/container-runtime/src/runner/runner.ts'
import { createBuiltinTools } from '../../packages/container-runtime/src/tools/builtin.ts'
import type { GroupOrder, GroupWord } from './grouped-driver.ts'

/** A group: runs the runners of many sessions in this one process. */
const runners = new Map<number, { ring(): void; finish(): void }>()
const wait = (ms: number): Promise<void> => delay(ms)

async function serve(order: Extract<GroupOrder, { order: 'start' }>): Promise<number> {
  const { number } = order
  let rung = false
  let leaving = false
  runners.set(number, { ring: () => (rung = true), finish: () => (leaving = true) })
  const environment = readEnvironment(order.env)
  const stopHeartbeat = startHeartbeat(() => touchFile(environment.heartbeat, systemClock.now()))
  const databases = await openSessionDatabases(environment, wait)
  const inbox = createInbox(databases.inbound)
  const outbox = new Outbox(databases.outbound, {
    clock: systemClock,
    epoch: environment.epoch,
    hostSeq: () => inbox.largestSeq(),
  })
  const runner = new Runner({
    ...{ inbox, outbox, wait, clock: systemClock, ids: createIds(systemClock) },
    provider: createScriptedProvider({ crash: () => process.exit(1) }),
    tools: createBuiltinTools(),
    log: () => undefined,
    ringHost: () => void process.stdout.write(`${number}\n`),
    prompt: { localTime: createLocalTime(environment.timezone), inboxFolder: '/inbox' },
    assistantName: environment.assistantName,
    agentFolder: order.agentFolder,
  })
  runners.set(number, runner)
  if (rung) runner.ring()
  if (leaving) runner.finish()
  try {
    return await runner.run()
  } finally {
    stopHeartbeat()
    runners.delete(number)
  }
}

process.on('message', (order: GroupOrder) => {
  if (order.order === 'finish') return runners.get(order.number)?.finish()
  const tell = (code: number): void =>
    void process.send?.({ ended: order.number, code } satisfies GroupWord)
  serve(order).then(tell, (error: unknown) => {
    process.stderr.write(`a grouped runner failed: ${String(error)}\n`)
    tell(1)
  })
})
process.once('disconnect', () => process.exit(0))

let rest = ''
process.stdin.setEncoding('utf8').on('data', (chunk: string) => {
  const lines = (rest + chunk).split('\n')
  rest = lines.pop() ?? ''
  for (const number of new Set(lines)) runners.get(Number(number))?.ring()
})
