import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createMemoryCore } from '@nanoclaw/core/testing'
import { expect, onTestFinished, test } from 'vitest'
import { createCommandSink } from '../../src/operator/command-sink.ts'
import { createTeller } from '../../src/operator/teller.ts'
import { createWebhookSink } from '../../src/operator/webhook-sink.ts'
import { keepingLogger } from '../keeping-logger.ts'
import { playedSink } from './notices.ts'

test('a webhook and a command that hang are given up, one after the other, and the next is asked [L19]', async () => {
  const silent = createServer(() => undefined).listen(0, '127.0.0.1')
  await once(silent, 'listening')
  onTestFinished(async () => {
    silent.closeAllConnections()
    silent.close()
    await once(silent, 'close')
  })
  const { port } = silent.address() as AddressInfo
  const core = await createMemoryCore()
  onTestFinished(() => core.close())
  const last = playedSink('last')
  const { logger, lines } = keepingLogger()
  const teller = createTeller({
    core,
    sinks: [
      createWebhookSink({ url: `http://127.0.0.1:${port}/secret`, headers: { token: 'secret' } }),
      createCommandSink({ command: ['/bin/sh', '-c', 'exec sleep 600'] }),
      last.sink,
    ],
    logger,
    random: () => 0.5,
    times: { sinkTimeoutMs: 100 },
  })
  onTestFinished(() => teller.stop())
  teller.start()
  await core.incidents.open({ kind: 'test', subject: 'it', message: 'it' })
  await last.until(() => last.taken.length === 1)
  const late = { failingSince: '2026-01-31T12:00:00.000Z', why: 'no answer within 100 ms' }
  expect(teller.status().sinks).toEqual([
    { name: `webhook 127.0.0.1:${port}`, ...late },
    { name: 'command /bin/sh', ...late },
    { name: 'last' },
  ])
  expect(JSON.stringify(lines)).not.toContain('secret')
})
