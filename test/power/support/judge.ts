import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { openDatabase } from '@nanoclaw/schema/database'
import { errorMessage } from '@nanoclaw/schema'
import { databasesIn, type HomeDatabase } from '../../support/fixtures.ts'
import type { FarRecord } from './far-side.ts'

type Row = Readonly<Record<string, unknown>>

function query(
  { path, kind }: HomeDatabase,
  sql: string,
  access: 'read-write' | 'read-only' = 'read-only',
): readonly Row[] {
  const database = openDatabase({ path, kind, access, timeoutMs: 2_000 })
  try {
    return database.sqlite.prepare<[], Row>(sql).all()
  } finally {
    database.close()
  }
}

/** `read-write` where the next host has not been yet: a journal that is left is rolled back. */
function brokenDatabases(home: string, access: 'read-write' | 'read-only'): string[] {
  return databasesIn(home).flatMap((database) => {
    const name = basename(database.path)
    try {
      const verdict = String(query(database, 'PRAGMA integrity_check', access)[0]?.integrity_check)
      return verdict === 'ok' ? [] : [`corrupt: ${name}: ${verdict}`]
    } catch (error) {
      return [`corrupt: ${name}: ${errorMessage(error)}`]
    }
  })
}

function isWhole(path: string): boolean {
  const text = readFileSync(path, 'utf8')
  if (path.endsWith('AGENTS.md')) return text.endsWith('\n')
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** Files beside the databases: whole, or not there at all. */
function tornFiles(home: string): string[] {
  const files = readdirSync(home, { recursive: true, encoding: 'utf8' })
  const kept = files.filter((file) => /(^|\/)(destinations\.json|AGENTS\.md)$/.test(file))
  return kept.filter((file) => !isWhole(join(home, file))).map((file) => `torn: ${file}`)
}

/** What of a disk that has just lost its power is not sound; looked at in a copy. */
export function unsoundAfterCut(home: string): string[] {
  const copy = mkdtempSync(join(tmpdir(), 'nanoclaw-cut-'))
  try {
    cpSync(home, copy, { recursive: true, filter: (path) => !/\.sock$|-shm$/.test(path) })
    return [...brokenDatabases(copy, 'read-write'), ...tornFiles(copy)]
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
}

function textOf(content: unknown): string {
  const parsed: unknown = JSON.parse(String(content))
  const text: unknown =
    typeof parsed === 'object' && parsed !== null ? Reflect.get(parsed, 'text') : ''
  return String(text)
}

/** Confirmed messages without a row that has ended, or without what the agent must show. */
function losses({ said, visible }: FarRecord, inbound: readonly HomeDatabase[]): string[] {
  const rows = inbound.flatMap((one) => query(one, `SELECT content, status FROM messages_in`))
  const status = new Map(rows.map((row) => [textOf(row.content), String(row.status)]))
  const shown = new Set(visible)
  return said
    .filter(({ confirmed }) => confirmed)
    .flatMap(({ id, text, expected }) => {
      const found = status.get(text)
      if (found === undefined) return [`lost: ${id} was confirmed, and there is no row of it`]
      if (found === 'completed')
        return shown.has(expected) ? [] : [`lost: nothing was shown for ${id}`]
      return [`lost: ${id} is ${found}`]
    })
}

/** Showings beyond the first for which no mark of the ledger accounts. */
function doubles({ visible }: FarRecord, inbound: readonly HomeDatabase[]): string[] {
  const rows = inbound.flatMap((one) =>
    query(one, 'SELECT content, ambiguous_count FROM delivered'),
  )
  const marks = new Map<string, number>()
  for (const { content, ambiguous_count: count } of rows) {
    const text = textOf(content)
    marks.set(text, (marks.get(text) ?? 0) + Number(count))
  }
  const times = new Map<string, number>()
  for (const text of visible) times.set(text, (times.get(text) ?? 0) + 1)
  return [...times]
    .filter(([text]) => /^(echo: line|sent) /.test(text))
    .filter(([text, count]) => count - 1 > (marks.get(text) ?? 0))
    .map(([text, count]) => `doubled: ${text}, ${count} times, ${marks.get(text) ?? 0} marks`)
}

function unended(inbound: readonly HomeDatabase[]): string[] {
  const sql = `SELECT status FROM delivered WHERE status NOT IN ('delivered', 'failed', 'refused')`
  return inbound
    .flatMap((one) => query(one, sql))
    .map(({ status }) => `an answer is ${String(status)}`)
}

/** Turns whose result was written twice: a row with two answers. */
function doubleAnswers(outbound: readonly HomeDatabase[]): string[] {
  const sql = `SELECT in_reply_to, content FROM messages_out WHERE in_reply_to IS NOT NULL
    GROUP BY in_reply_to, content HAVING count(*) > 1`
  return outbound
    .flatMap((one) => query(one, sql))
    .map((row) => `two answers: ${String(row.content)}`)
}

/** What an operator has been told and that is not over: a sound disk makes no container look hostile. */
function openIncidents(central: readonly HomeDatabase[]): string[] {
  const sql = 'SELECT kind, subject, message FROM incidents WHERE resolved_at IS NULL'
  return central.flatMap((one) => query(one, sql)).map((row) => `incident: ${JSON.stringify(row)}`)
}

/** All that is wrong with what became of the messages, when the last host has answered and stopped. */
export function judge(home: string, record: FarRecord): string[] {
  const broken = brokenDatabases(home, 'read-only')
  if (broken.length > 0) return broken
  const of = (kind: HomeDatabase['kind']) => databasesIn(home).filter((one) => one.kind === kind)
  const inbound = of('inbound')
  return [
    ...losses(record, inbound),
    ...doubles(record, inbound),
    ...unended(inbound),
    ...doubleAnswers(of('outbound')),
    ...tornFiles(home),
    ...openIncidents(of('central')),
    ...record.forgotten.map((what) => `forgotten: ${what}`),
  ]
}
