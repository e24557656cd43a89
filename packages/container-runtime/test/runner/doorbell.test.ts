import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, onTestFinished, test } from 'vitest'

const doorbell = new URL('../../src/runner/doorbell.ts', import.meta.url).href
/** Many more than a pipe holds. */
const ringing = `
  import { createBell } from '${doorbell}'
  const ring = createBell(process.stdout)
  for (let count = 0; count < 100_000; count += 1) ring()
  process.exit(7)
`

function ringer() {
  const args = ['--conditions=@nanoclaw/source', '--input-type=module', '--eval', ringing]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

test('rings that nobody reads keep the runner from nothing', async () => {
  const child = ringer()
  expect(await once(child, 'exit')).toEqual([7, null])
})

test('rings for a host that is gone keep the runner from nothing', async () => {
  const child = ringer()
  child.stdout.destroy()
  expect(await once(child, 'exit')).toEqual([7, null])
})
