import { pollInbound, type PolledSession } from './files.ts'

/** The containers of some polled sessions, in one process: each looks once a second, at its own moment. */
process.once('message', (sessions: readonly PolledSession[]) => {
  for (const session of sessions) {
    setTimeout(() => setInterval(() => pollInbound(session), 1_000), Math.random() * 1_000)
  }
  process.send?.('ready')
})
process.once('disconnect', () => process.exit(0))
