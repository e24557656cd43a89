import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { errorMessage, NanoclawError } from '@nanoclaw/schema'
import { isAlive, killKnown, untilGone, type KnownProcess } from './process-identity.ts'
import type { ContainerInfo } from './port.ts'

const suffix = '.container.json'
const endDeadlineMs = 10_000

/** What is kept on disk of a running container, so that the next daemon can end it. */
export interface ContainerRecord extends ContainerInfo {
  readonly processes: readonly KnownProcess[]
}

/** The running containers of one installation, as files in its run folder. */
export interface ContainerRecords {
  /** Notes a container. @throws NanoclawError `io`. */
  add(record: ContainerRecord): Promise<void>
  /** Forgets a container that has ended. Never rejects: a stale file is dropped by `list`. */
  remove(record: ContainerRecord): Promise<void>
  /** Those that still live; records of dead ones are dropped. */
  list(): Promise<readonly ContainerInfo[]>
  /** Numbers of all processes that stand in records and live. */
  pids(): Promise<ReadonlySet<number>>
  /** Ends one by SIGKILL. @throws NanoclawError `io` when it does not die within 10 s. */
  end(info: ContainerInfo): Promise<void>
}

/** Records in a folder that belongs to one installation, made when it is first needed. */
export function createContainerRecords(folder: string): ContainerRecords {
  const fileOf = (info: ContainerInfo) =>
    path.join(folder, `${info.sessionId}-${info.epoch}-${info.pid}${suffix}`)
  const drop = (file: string) => rm(file, { force: true }).catch(() => undefined)

  async function readAll(): Promise<{ file: string; record: ContainerRecord | null }[]> {
    const names = await readdir(folder).catch(() => [])
    const files = names.filter((name) => name.endsWith(suffix)).map((n) => path.join(folder, n))
    return Promise.all(
      files.map(async (file) => ({
        file,
        record: parseRecord(await readFile(file, 'utf8').catch(() => '')),
      })),
    )
  }

  return {
    async add(record) {
      const file = fileOf(record)
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 })
        await writeFile(`${file}.new`, JSON.stringify(record), { mode: 0o600 })
        await rename(`${file}.new`, file)
      } catch (cause) {
        const why = `Cannot note a running container in ${folder}: ${errorMessage(cause)}`
        throw new NanoclawError('io', why, { cause })
      }
    },
    remove: (record) => drop(fileOf(record)),
    async list() {
      const living: ContainerInfo[] = []
      for (const { file, record } of await readAll()) {
        const alive = record ? await Promise.all(record.processes.map(isAlive)) : []
        if (!record || !alive.includes(true)) {
          await drop(file)
          continue
        }
        const { driver, installId, sessionId, epoch, pid } = record
        living.push({ driver, installId, sessionId, epoch, pid })
      }
      return living
    },
    async end(info) {
      const wanted = fileOf(info)
      const found = (await readAll()).find(({ file }) => file === wanted)
      if (!found?.record) return
      await endProcesses(found.record.processes, info)
      await drop(wanted)
    },
    async pids() {
      const processes = (await readAll()).flatMap(({ record }) => record?.processes ?? [])
      const alive = await Promise.all(processes.map(isAlive))
      return new Set(processes.filter((_, n) => alive[n]).map(({ pid }) => pid))
    },
  }
}

/**
 * Ends the processes of a container by SIGKILL.
 * @throws NanoclawError `io` when one does not die within 10 s.
 */
export async function endProcesses(
  processes: readonly KnownProcess[],
  info: Pick<ContainerInfo, 'sessionId' | 'pid'>,
): Promise<void> {
  await Promise.all(processes.map(killKnown))
  if (await untilGone(processes, endDeadlineMs)) return
  const seconds = endDeadlineMs / 1000
  throw new NanoclawError(
    'io',
    `Container of session ${info.sessionId} (process ${info.pid}) is still there ` +
      `${seconds} s after SIGKILL; look at it with \`ps ${info.pid}\``,
  )
}

function parseRecord(text: string): ContainerRecord | null {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return null
  }
  if (!isObject(value)) return null
  const { driver, installId, sessionId, epoch, pid, processes } = value
  if (typeof driver !== 'string' || typeof installId !== 'string') return null
  if (typeof sessionId !== 'string' || !isCount(epoch) || !isCount(pid)) return null
  if (!Array.isArray(processes)) return null
  const known = processes.map(parseProcess)
  if (!known.every((entry) => entry !== null)) return null
  return { driver, installId, sessionId, epoch, pid, processes: known }
}

function parseProcess(value: unknown): KnownProcess | null {
  if (!isObject(value)) return null
  const { pid, identity, group } = value
  // Never 0 or 1: as numbers for a signal they mean oneself, or everybody.
  if (!isCount(pid) || pid < 2 || typeof identity !== 'string') return null
  return { pid, identity, group: group === true }
}

function isObject(value: unknown): value is { [key: string]: unknown } {
  return typeof value === 'object' && value !== null
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}
