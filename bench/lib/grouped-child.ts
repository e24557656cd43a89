import { createScriptedProvider } from '@nanoclaw/container-runtime'
import { serveSession, type ServedSession } from '@nanoclaw/container-runtime/testing'
import type { GroupOrder, GroupWord } from './grouped-driver.ts'

/** A group: runs the runners of many sessions in this one process. */
const served = new Map<number, ServedSession>()
const providers = { scripted: () => createScriptedProvider({ crash: () => process.exit(1) }) }

function serve({ number, env, agentFolder }: Extract<GroupOrder, { order: 'start' }>): void {
  const tell = (code: number): void => {
    served.delete(number)
    process.send?.({ ended: number, code } satisfies GroupWord)
  }
  const session = serveSession({
    ...{ env, providers, agentFolder },
    log: () => undefined,
    ringHost: () => void process.stdout.write(`${number}\n`),
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

let rest = ''
process.stdin.setEncoding('utf8').on('data', (chunk: string) => {
  const lines = (rest + chunk).split('\n')
  rest = lines.pop() ?? ''
  for (const number of new Set(lines)) served.get(Number(number))?.ring()
})
