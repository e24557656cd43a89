import { lstat, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { ContainerSpec } from '../../src/drivers/port.ts'
import { driverConformance } from '../../src/testing.ts'
import { isolationCases } from '../../src/testing/driver-isolation.ts'
import { createPlayedDriver, type Play } from './played-driver.ts'

/** Puts a plain file where the instructions belong, as a sandbox has to. */
async function makePlain({ folders }: ContainerSpec): Promise<void> {
  const at = join(folders.agent, 'AGENTS.md')
  if ((await lstat(at).catch(() => undefined))?.isSymbolicLink() !== true) return
  await rm(at)
  await writeFile(at, '')
}

/** A sandbox that leaks, by the name of the case that is meant to catch it. */
const leaks: Readonly<Record<string, Play>> = {
  '[X5] inbound cannot be written, created in, renamed, unmounted or remounted': {
    report: { remount: 'done' },
  },
  '[X13] there is no network': { report: { loopback: 'connected' } },
  '[X12] nothing of the home, of other sessions and of other processes is seen': {
    report: { commands: ['node runner.mjs', 'node daemon.js'] },
  },
  'has no capabilities, gets no new ones, and is not root': { report: { uid: 0 } },
  'inherits no open file of the host beyond the three': {
    report: { descriptors: ['socket:[1]', 'socket:[2]', 'socket:[3]', '/home/ann/central.db'] },
  },
  '[X19] instructions over the agent folder can be read, not changed': {
    report: { secondName: 'done' },
  },
  '[X19] a link where the instructions belong leads nowhere': { mount: async () => undefined },
}

function find(name: string, play: Play) {
  const make = createPlayedDriver({ mount: makePlain, ...play })
  const found = driverConformance(make, { patienceMs: 2_000 }).find((one) => one.name === name)
  if (found === undefined) throw new Error(`the suite has no case called ${name}`)
  return found
}

describe.each(Object.keys(isolationCases))('isolation: %s', (name) => {
  test('a sandbox that holds is let through', () => find(name, {}).run())

  test('one that leaks is caught', async () => {
    const failure: unknown = await find(name, leaks[name] ?? {})
      .run()
      .catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(Error)
    expect(String(failure)).toMatch(/^Error: .{10}/)
    expect(String(failure)).toContain(`\n  Promised: ${name}\n  Because: `)
  })
})
