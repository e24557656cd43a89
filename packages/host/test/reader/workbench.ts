import { spawn } from 'node:child_process'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Logger, ReadOutcome, ReadRequest } from '@nanoclaw/core'
import { createLayout, type SessionLayout } from '@nanoclaw/schema'
import { openDatabase, templateBytes } from '@nanoclaw/schema/database'
import { onTestFinished } from 'vitest'
import { calmestRound, watchLoop } from '../../../../test/support/loop-meter.ts'
import {
  createReaderProcess,
  type ReaderProcess,
  type ReaderProcessOptions,
} from '../../src/reader/reader-process.ts'

export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
}

export interface TestSession {
  readonly files: SessionLayout
  readonly request: ReadRequest
  read(values?: Partial<ReadRequest>): Promise<ReadOutcome>
}

export interface Bench {
  readonly reader: ReaderProcess
  /** A session whose outbound file holds one row, whose content is its name. */
  session(name: string): Promise<TestSession>
}

/** A home with a reader process over it; both end with the test. */
export async function createBench(options: Partial<ReaderProcessOptions> = {}): Promise<Bench> {
  const home = await mkdtemp(join(tmpdir(), 'nc-attack-'))
  const layout = createLayout(home)
  const reader = createReaderProcess({ layout, logger: silentLogger, ...options })
  onTestFinished(async () => {
    await reader.stop()
    await rm(home, { recursive: true, force: true })
  })
  let made = 0
  return {
    reader,
    async session(name) {
      made += 1
      const agentGroupId = 'ag-00000001'
      const sessionId = `sess-${String(made).padStart(8, '0')}`
      const files = layout.session(agentGroupId, sessionId)
      await mkdir(files.outbound, { recursive: true })
      await chmod(files.outbound, 0o777)
      await writeFile(files.outboundDb, templateBytes('outbound', 'wal'))
      const database = openDatabase({ path: files.outboundDb, kind: 'outbound' })
      database.sqlite
        .prepare(
          `INSERT INTO messages_out (id, seq, timestamp, kind, content)
           VALUES ('out-00000001', 1, '2026-11-22T14:05:00.000Z', 'chat', ?)`,
        )
        .run(name)
      database.close()
      const none = { after: 0, largestSeq: 0, limit: 100, ackIds: [] }
      const request = { agentGroupId, sessionId, ...none }
      return {
        files,
        request,
        read: (values) => reader.read({ ...request, ...values }),
      }
    },
  }
}

/** Runs the hostile program; resolves when its attack is in place. It ends with the test. */
export async function runHostile(attack: string, ...folders: readonly string[]): Promise<void> {
  const program = join(import.meta.dirname, 'hostile.mjs')
  const child = spawn(process.execPath, [program, attack, ...folders], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()))
  onTestFinished(async () => {
    child.kill('SIGTERM')
    const hard = setTimeout(() => child.kill('SIGKILL'), 500)
    await exited
    clearTimeout(hard)
  })
  let errors = ''
  child.stderr.on('data', (text: Buffer) => (errors += text.toString()))
  await new Promise<void>((resolve, reject) => {
    child.stdout.once('data', () => resolve())
    void exited.then(() => reject(new Error(`the attack ${attack} did not happen: ${errors}`)))
  })
}

/** The calmest of some rounds, each watched from its beginning to its end; in milliseconds. */
export function calmestOf(round: () => Promise<void>): Promise<number> {
  return calmestRound(async () => {
    const loop = watchLoop()
    await round()
    return loop.stop()
  })
}
