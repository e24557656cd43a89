import { createScriptedProvider } from '@nanoclaw/container-runtime'
import { serveSession, type ServedSession } from '@nanoclaw/container-runtime/testing'
import type { GroupOrder, GroupWord } from './grouped-driver.ts'
import { createRingReader, createRingWriter } from './ring-line.ts'

/** A group: runs the runners of many sessions in this one process. */
const served = new Map<number, ServedSession>()
const host = createRingWriter((text) => void process.stdout.write(text))
const providers = { scripted: () => createScriptedProvider({ crash: () => process.exit(1) }) }

function serve({ number, env, agentFolder }: Extract<GroupOrder, { order: 'start' }>): void {
  const tell = (code: number): void => {
    served.delete(number)
    process.send?.({ ended: number, code } satisfies GroupWord)
  }
  const session = serveSession({
    ...{ env, providers, agentFolder },
    log: () => undefined,
    ringHost: () => host.ring(number),
  })
  served.set(number, session)
  session.exited.then(tell, (error: unknown) => {
    process.stderr.write(`a grouped runner failed: ${String(error)}\n`)
    tell(1)
  })
}

process.on('message', (order: GroupOrder) => {
  if (order.order === 'finish') served.get(order.number)?.finish()
  else serve(order)
})
process.once('disconnect', () => process.exit(0))
// The host has gone; so does this process.
process.stdout.on('error', () => process.exit(0))

process.stdin.setEncoding('utf8').on(
  'data',
  createRingReader((number) => served.get(number)?.ring()),
)
