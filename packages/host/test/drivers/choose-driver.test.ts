import { isNanoclawError } from '@nanoclaw/schema'
import { expect, test } from 'vitest'
import { chooseDriver } from '../../src/drivers/choose-driver.ts'
import type { DriverCapabilities, ProbeResult, SessionDriver } from '../../src/drivers/port.ts'

function driver(
  name: string,
  isolation: DriverCapabilities['isolation'],
  result: ProbeResult = { ok: true },
): SessionDriver & { probes: number } {
  const made = {
    name,
    probes: 0,
    capabilities: { sharedKernel: true, isolation },
    probe: async () => {
      made.probes += 1
      return result
    },
    start: () => Promise.reject(new Error('not started in this test')),
    list: async () => [],
    end: async () => undefined,
    stop: async () => undefined,
  }
  return made
}

const broken: ProbeResult = { ok: false, reason: 'namespaces forbidden', remedy: 'Allow them.' }

async function failure(options: Parameters<typeof chooseDriver>[0]) {
  const error: unknown = await chooseDriver(options).catch((thrown: unknown) => thrown)
  if (!isNanoclawError(error)) throw new Error('expected a refusal')
  return { code: error.code, message: error.message }
}

test('takes the first isolating driver whose probe succeeds, and says which it passed over', async () => {
  const bwrap = driver('bwrap', 'sandbox', broken)
  const podman = driver('podman', 'container')
  const docker = driver('docker', 'container')
  const candidates = [driver('process', 'none'), bwrap, podman, docker]
  const chosen = await chooseDriver({ candidates, allScripted: true })
  expect(chosen.driver).toBe(podman)
  expect(chosen.passedOver).toEqual([{ name: 'bwrap', reason: 'namespaces forbidden' }])
  expect(docker.probes).toBe(0)
})

test('takes one without isolation when every agent is scripted and nothing else works', async () => {
  const bare = driver('process', 'none')
  const candidates = [driver('bwrap', 'sandbox', broken), bare]
  expect((await chooseDriver({ candidates, allScripted: true })).driver).toBe(bare)
})

test('refuses one without isolation otherwise, with reason, remedy and the way to insist', async () => {
  const bare = driver('process', 'none')
  const candidates = [driver('bwrap', 'sandbox', broken), bare]
  const { code, message } = await failure({ candidates, allScripted: false })
  expect(code).toBe('driver-unavailable')
  expect(message).toContain('namespaces forbidden')
  expect(message).toContain('Allow them.')
  expect(message).toContain('process')
  expect(bare.probes).toBe(0)
})

test('takes what the operator has named, even without isolation, and nothing else', async () => {
  const bwrap = driver('bwrap', 'sandbox')
  const bare = driver('process', 'none')
  const candidates = [bwrap, bare]
  const chosen = await chooseDriver({ candidates, allScripted: false, operatorChoice: 'process' })
  expect(chosen.driver).toBe(bare)
  expect(bwrap.probes).toBe(0)
})

test('does not fall back from what the operator has named', async () => {
  const candidates = [driver('bwrap', 'sandbox', broken), driver('process', 'none')]
  const { code, message } = await failure({
    candidates,
    allScripted: true,
    operatorChoice: 'bwrap',
  })
  expect(code).toBe('driver-unavailable')
  expect(message).toContain('namespaces forbidden')
})

test('refuses a name that no driver has, naming those there are', async () => {
  const candidates = [driver('bwrap', 'sandbox'), driver('process', 'none')]
  const { code, message } = await failure({
    candidates,
    allScripted: true,
    operatorChoice: 'jail',
  })
  expect(code).toBe('bad-option')
  expect(message).toBe('Driver must be one of bwrap, process, not jail')
})
