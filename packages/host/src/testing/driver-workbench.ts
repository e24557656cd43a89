import assert from 'node:assert/strict'
import { chmod, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Container, ContainerSpec, SessionDriver } from '../drivers/port.ts'
import type { MakeSessionDriver } from '../host.ts'
import { fixtureEntry, fixtureSource } from './driver-fixture.ts'

/** A started fixture and what a case needs of it. */
export interface Running {
  readonly container: Container
  readonly spec: ContainerSpec
  readonly lines: string[]
  /** Resolves with the next ring that nobody has waited for. */
  rung(): Promise<void>
  /** Resolves when such a line has come on standard error. */
  said(line: string): Promise<void>
  /** The fixture's report, after its ring. */
  report(): Promise<Record<string, unknown>>
}

/** How the workbench deals with what it starts. */
export interface StartOptions {
  /** True: it does not listen to its rings. */
  readonly deaf?: boolean
}

/** A home in a temporary folder, with a driver on it. */
export interface Workbench {
  readonly driver: SessionDriver
  readonly home: string
  /** Another driver object on the same run folder: the next daemon. */
  again(): SessionDriver
  /** A driver of another installation, on a run folder of its own. */
  elsewhere(): SessionDriver
  spec(act: string, input?: unknown, session?: string): Promise<ContainerSpec>
  run(act: string, input?: unknown, session?: string, how?: StartOptions): Promise<Running>
  start(spec: ContainerSpec, how?: StartOptions): Promise<Running>
  /** The promise's value; fails with `what` when it does not come in time. */
  within<T>(what: string, promise: Promise<T>): Promise<T>
}

/** A promise of the port: why the host relies on it, and how it is tried. */
export interface DriverPromise {
  readonly why: string
  /** Rejects with what the driver did instead. */
  readonly act: (bench: Workbench) => Promise<void>
}

/**
 * Runs a case on a fresh home; ends what it started and removes the home. It waits up to `patienceMs`
 * milliseconds for one thing, by default 20,000.
 */
export async function withWorkbench(
  make: MakeSessionDriver,
  act: (bench: Workbench) => Promise<void>,
  patienceMs = 20_000,
): Promise<void> {
  const folder = await realpath(await mkdtemp(path.join(tmpdir(), 'nanoclaw-driver-')))
  const runFolder = path.join(folder, 'home', 'run')
  const within = patience(patienceMs)
  const again = () => hurried(make({ runFolder }), within)
  const elsewhere = () => hurried(make({ runFolder: path.join(folder, 'elsewhere') }), within)
  const driver = again()
  const steps = [
    async () => act(await createWorkbench(folder, { driver, again, elsewhere, within })),
    async () => driver.stop(),
    async () => rm(folder, { recursive: true, force: true }),
  ]
  const failures: unknown[] = []
  for (const step of steps) await step().catch((error: unknown) => failures.push(error))
  // What comes after it, such as a stop() that hangs too, says less.
  if (failures.length > 0) throw failures[0]
}

/** A driver whose calls fail when they do not come to an end in time. */
function hurried(driver: SessionDriver, within: Within): SessionDriver {
  return {
    name: driver.name,
    capabilities: driver.capabilities,
    probe: (signal) => within('the end of probe()', driver.probe(signal)),
    start: (spec, signal) => within('the end of start()', driver.start(spec, signal)),
    list: (signal) => within('the end of list()', driver.list(signal)),
    end: (info, signal) => within('the end of end()', driver.end(info, signal)),
    stop: () => within('the end of stop()', driver.stop()),
  }
}

async function createWorkbench(
  folder: string,
  given: Pick<Workbench, 'driver' | 'again' | 'elsewhere' | 'within'>,
): Promise<Workbench> {
  const home = path.join(folder, 'home')
  const runner = {
    folder: path.join(folder, 'runner'),
    entry: fixtureEntry,
    node: process.execPath,
  }
  await mkdir(home, { mode: 0o700 })
  await mkdir(runner.folder)
  await writeFile(path.join(runner.folder, fixtureEntry), fixtureSource, { mode: 0o644 })
  await chmod(runner.folder, 0o755)
  let epoch = 0

  const bench: Workbench = {
    ...given,
    home,
    async spec(act, input = {}, session = 'sess-conformance-1') {
      const at = (name: string) => path.join(home, 'sessions', 'ag-conformance', session, name)
      const agent = path.join(home, 'agents', session)
      const folders = { inbound: at('inbound'), outbound: at('outbound'), private: at('private') }
      for (const made of [...Object.values(folders), agent]) {
        await mkdir(made, { recursive: true, mode: 0o700 })
      }
      await writeFile(path.join(folders.inbound, 'inbound.db'), 'from the host', { mode: 0o600 })
      await writeFile(path.join(folders.outbound, 'outbound.db'), 'template', { mode: 0o600 })
      return {
        installId: 'inst-conformance',
        sessionId: session,
        epoch: ++epoch,
        agentGroupId: 'ag-conformance',
        folders: { ...folders, agent },
        runner,
        env: { FIXTURE: act, FIXTURE_INPUT: JSON.stringify(input), TZ: 'Europe/Berlin' },
        log: () => undefined,
      }
    },
    run: async (act, input, session, how) =>
      bench.start(await bench.spec(act, input, session), how),
    start: (spec, how) => startFixture(bench, spec, how),
  }
  return bench
}

async function startFixture(
  { driver, within }: Pick<Workbench, 'driver' | 'within'>,
  spec: ContainerSpec,
  { deaf = false }: StartOptions = {},
): Promise<Running> {
  const lines: string[] = []
  let heard = () => undefined as void
  const log = (line: string) => {
    lines.push(line)
    heard()
  }
  const container = await driver.start({ ...spec, log })
  let rings = 0
  let waiting: (() => void) | undefined
  if (!deaf) {
    container.onRing(() => {
      rings += 1
      waiting?.()
    })
  }
  const rung = async () => {
    const next = new Promise<void>((resolve) => (waiting = resolve))
    if (rings === 0) await soon(within, next, container, lines)
    rings -= 1
  }
  return {
    container,
    spec,
    lines,
    rung,
    async said(line) {
      const said = new Promise<void>((resolve) => {
        heard = () => (lines.includes(line) ? resolve() : undefined)
      })
      if (!lines.includes(line)) await soon(within, said, container, lines)
    },
    async report() {
      await rung()
      const text = await readFile(path.join(spec.folders.outbound, 'report.json'), 'utf8')
      const value: unknown = JSON.parse(text)
      assert.ok(typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value))
    },
  }
}

type Within = Workbench['within']

/** Fails when the container ends first, or nothing comes in time. */
async function soon(
  within: Within,
  event: Promise<void>,
  container: Container,
  lines: string[],
): Promise<void> {
  const ended = container.exited.then((exit) => {
    assert.fail(`container ended before: ${JSON.stringify(exit)} ${lines.join('\n').slice(-2000)}`)
  })
  await within('an event of the container', Promise.race([event, ended]))
}

/** Waits at most that many milliseconds. */
function patience(ms: number): Within {
  return async (what, promise) => {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      const message = `${what} had not come after ${ms} ms`
      timer = setTimeout(() => reject(new assert.AssertionError({ message })), ms)
    })
    try {
      return await Promise.race([promise, late])
    } finally {
      clearTimeout(timer)
    }
  }
}
