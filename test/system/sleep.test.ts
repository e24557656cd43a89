import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { temporaryHome } from './support/test-host.ts'

const child = fileURLToPath(new URL('support/host-child.ts', import.meta.url))

it('a host that is stopped for longer than every deadline condemns no container [S12]', async () => {
  const { home, remove } = await temporaryHome()
  const host = spawn(process.execPath, ['--conditions=@nanoclaw/source', child, home], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const closed = once(host, 'close')
  try {
    const lines = createInterface({ input: host.stdout })[Symbol.asyncIterator]()
    const say = async (text: string): Promise<unknown> => {
      host.stdin.write(`${text}\n`)
      return JSON.parse(String((await lines.next()).value))
    }
    expect((await lines.next()).value).toBe('ready')
    await say('one')
    // Idle, and in the middle of a turn.
    host.kill('SIGSTOP')
    await sleep(5_000)
    host.kill('SIGCONT')
    await say('two')
    const slow = say('!sleep 3000')
    host.kill('SIGSTOP')
    await sleep(5_000)
    host.kill('SIGCONT')
    await slow
    expect(await say('three')).toEqual({
      said: ['echo: one', 'echo: two', 'done', 'echo: three'],
      epoch: 1,
      incidents: [],
    })
  } finally {
    host.kill('SIGCONT')
    host.stdin.end()
    await closed
    await remove()
  }
}, 60_000)
