import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Container, ContainerExit } from '../../src/drivers/port.ts'
import { ContainerKeeper, type KeeperDeps } from '../../src/session/container-keeper.ts'
import { Slots } from '../../src/session/slots.ts'
import { defaultSettings } from '../../src/settings.ts'

const logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
}

class FakeContainer implements Container {
  readonly sessionId = 'sess-00000001'
  readonly pid = 0
  readonly epoch: number
  readonly exited: Promise<ContainerExit>
  rings = 0
  killed = false
  readonly #end: (exit: ContainerExit) => void

  constructor(epoch: number) {
    this.epoch = epoch
    const { promise, resolve } = Promise.withResolvers<ContainerExit>()
    this.exited = promise
    this.#end = resolve
  }

  ring(): void {
    this.rings += 1
  }

  asked = 0
  leave(): void {
    this.asked += 1
  }

  onRing(): void {
    return undefined
  }

  end(code: number): void {
    this.#end({ code, signal: null })
  }

  async stop(): Promise<void> {
    this.end(0)
  }

  async kill(): Promise<void> {
    this.killed = true
    this.#end({ code: null, signal: 'SIGKILL' })
  }
}

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nanoclaw-keeper-'))
})

afterEach(() => rm(folder, { recursive: true, force: true }))

/** A keeper of fake containers; `wanted` is what the session would say. */
function keep(extra: Partial<KeeperDeps> = {}) {
  const launched: FakeContainer[] = []
  const troubles: string[] = []
  const world = { wanted: true }
  const heartbeatPath = join(folder, '.heartbeat')
  const settings = { ...defaultSettings(), tickMs: 10_000, heartbeatMs: 50 }
  const keeper = new ContainerKeeper({
    agentId: 'ag-00000001',
    slots: new Slots({ maxContainers: 1, slotMs: Infinity }),
    settings,
    logger,
    heartbeatPath,
    launch: async () => {
      const container = new FakeContainer(launched.length + 1)
      launched.push(container)
      return container
    },
    onRing: () => undefined,
    onExit: async () => undefined,
    isWanted: async () => world.wanted,
    isIdle: () => false,
    trouble: (kind) => void troubles.push(kind),
    onFailure: () => undefined,
    onChange: () => undefined,
    ...extra,
  })
  return { keeper, launched, troubles, world, heartbeatPath }
}

describe('the life of a container', () => {
  it('begins once for many wakes, and each of them rings it', async () => {
    const { keeper, launched } = keep()
    keeper.wake()
    keeper.wake()
    await expect.poll(() => keeper.isRunning).toBe(true)
    keeper.wake()
    expect(launched.map(({ rings }) => rings)).toEqual([1])
    await keeper.stop()
  })

  it('begins again when one ends while something is wanted [S3]', async () => {
    const { keeper, launched } = keep()
    keeper.wake()
    await expect.poll(() => keeper.isRunning).toBe(true)
    await keeper.end()
    await expect.poll(() => launched.length).toBe(2)
    await keeper.stop()
  })

  it('backs off and tells when containers end by themselves without progress', async () => {
    const { keeper, launched, troubles } = keep({
      launch: async () => {
        const container = new FakeContainer(1)
        launched.push(container)
        container.end(0)
        return container
      },
    })
    const began = performance.now()
    keeper.wake()
    await expect.poll(() => troubles, { timeout: 5_000 }).toContain('container-fails')
    expect(launched.length).toBe(3)
    expect(performance.now() - began).toBeGreaterThan(250)
    await keeper.stop()
  })

  it('ends at once when it is condemned while it starts', async () => {
    const gate = Promise.withResolvers<void>()
    const container = new FakeContainer(1)
    const { keeper, world } = keep({
      launch: async () => {
        await gate.promise
        return container
      },
    })
    keeper.wake()
    await expect.poll(() => keeper.isActive).toBe(true)
    await new Promise((resolve) => setImmediate(resolve))
    world.wanted = false
    await keeper.kill('it was caught')
    gate.resolve()
    await expect.poll(() => container.killed).toBe(true)
    await expect.poll(() => keeper.isActive).toBe(false)
  })

  it('is waited for no more once the host stops', async () => {
    const slots = new Slots({ maxContainers: 1, slotMs: Infinity })
    const nothing = () => undefined
    const other = { agentId: 'other', isIdle: () => false, evict: nothing, handOn: nothing }
    await slots.acquire(other, new AbortController().signal)
    const { keeper, launched } = keep({ slots })
    keeper.wake()
    await expect.poll(() => slots.waiting).toBe(1)
    await keeper.stop()
    slots.release(other)
    expect(launched).toEqual([])
  })
})

describe('a slot that others wait for', () => {
  it('is handed on by the container after its turn, also by one that was just being started', async () => {
    const gate = Promise.withResolvers<void>()
    const slots = new Slots({ maxContainers: 1, slotMs: Infinity })
    const { keeper, launched } = keep({
      slots,
      launch: async () => {
        if (launched.length === 0) await gate.promise
        const container = new FakeContainer(launched.length + 1)
        launched.push(container)
        return container
      },
    })
    keeper.wake()
    await expect.poll(() => slots.inUse).toBe(1)
    keeper.handOn()
    gate.resolve()
    await expect.poll(() => launched[0]?.asked).toBe(1)
    launched[0]?.end(0)
    await expect.poll(() => launched.length).toBe(2)
    expect(launched[1]?.asked).toBe(0)
    keeper.handOn()
    expect(launched[1]?.asked).toBe(1)
    await keeper.stop()
  })
})

describe('the heartbeat', () => {
  async function beat(path: string, at: number): Promise<void> {
    await writeFile(path, '')
    await utimes(path, at, at)
  }

  it('keeps a container alive as long as it changes, whatever time it shows', async () => {
    const { keeper, launched, heartbeatPath } = keep()
    keeper.wake()
    await expect.poll(() => keeper.isRunning).toBe(true)
    // The clock of the files jumps by years in both directions.
    for (const at of [1_000_000_000, 2_000_000_000, 500_000_000, 1_900_000_000]) {
      await beat(heartbeatPath, at)
      await keeper.look()
      const until = performance.now() + 30
      await expect.poll(() => performance.now() > until).toBe(true)
    }
    expect(launched.map(({ killed }) => killed)).toEqual([false])
    await keeper.stop()
  })

  it('that has stopped ends the container, and the operator is told [S1]', async () => {
    const { keeper, launched, troubles, world, heartbeatPath } = keep()
    keeper.wake()
    await expect.poll(() => keeper.isRunning).toBe(true)
    await beat(heartbeatPath, 1_000_000_000)
    await keeper.look()
    world.wanted = false
    const until = performance.now() + 60
    await expect.poll(() => performance.now() > until).toBe(true)
    await keeper.look()
    expect(launched[0]?.killed).toBe(true)
    expect(troubles).toContain('container-silent')
  })
})
