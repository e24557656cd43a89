import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createPowerControl } from './support/control.ts'
import { powerWorks, unlessPowerWorks } from './support/library.ts'
import { usePowerLibrary } from './support/use-power-library.ts'

const program = join(import.meta.dirname, 'support/busy-sessions.ts')

describe.skipIf(!powerWorks)(`a slow disk${unlessPowerWorks}`, () => {
  const library = usePowerLibrary()

  test('[S11] whose syncs take 20 ms stalls nothing while fifty sessions commit', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'nanoclaw-slow-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    const control = createPowerControl(join(folder, 'control'))
    const args = ['--conditions=@nanoclaw/source', program, join(folder, 'home')]
    const child = spawn(process.execPath, args, {
      env: { ...process.env, LD_PRELOAD: library(), POWER_CONTROL: control.path },
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    let said = ''
    for await (said of createInterface({ input: child.stdout })) {
      if (said !== 'ready') continue
      control.set('syncDelayMs', 20)
      child.stdin.write('go')
    }
    control.close()
    const { inOrder, perSecond, p50, p95 } = JSON.parse(said) as Record<string, unknown>
    expect(inOrder).toBe(true)
    // One commit after the other would be fewer than 50 a second, with the loop at a standstill.
    expect(perSecond).toBeGreaterThan(60)
    // Milliseconds. The rest is for whatever else this machine does.
    expect(p50).toBeLessThan(5)
    expect(p95).toBeLessThan(20)
  })
})
