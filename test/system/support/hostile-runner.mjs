// Put into the sandbox in place of the runner. Under the agent Mallory it attacks as her folder's
// file `attack` says; under any other it is the real runner.
import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

const outbound = process.env.SESSION_OUTBOUND_DB_PATH
const now = '2026-01-31T12:00:00.000Z'

function insertRow(database, fields) {
  const row = {
    id: `out-${'0'.repeat(31)}1`,
    seq: 3,
    content: '{"text":"psst"}',
    platform: 'room',
    ...fields,
  }
  database
    .prepare(
      `INSERT INTO messages_out (id, seq, timestamp, kind, channel_type, platform_id, content)
       VALUES (?, ?, ?, 'chat', 'memory', ?, ?)`,
    )
    .run(row.id, row.seq, now, row.platform, row.content)
}

function insertMany(database, from, count) {
  database.exec('BEGIN')
  for (let n = from; n < from + count; n += 1) {
    const content = JSON.stringify({ text: `psst ${n}` })
    const id = `out-${String(n).padStart(12, '0')}`
    insertRow(database, { id, seq: 2 * n + 3, platform: 'her-room', content })
  }
  database.exec('COMMIT')
}

const attacks = {
  symlink() {
    rmSync(outbound)
    symlinkSync('/etc/passwd', outbound)
  },
  fifo() {
    rmSync(outbound)
    execFileSync('mkfifo', [outbound])
  },
  'journal-fifo'() {
    execFileSync('mkfifo', [`${outbound}-journal`])
  },
  garbage() {
    writeFileSync(`${outbound}.new`, 'garbage'.repeat(10_000))
    renameSync(`${outbound}.new`, outbound)
  },
  truncate() {
    truncateSync(outbound, 1_500)
  },
  'truncate-shm'() {
    const database = new DatabaseSync(outbound)
    insertRow(database, {})
    setInterval(() => truncateSync(`${outbound}-shm`, 0), 1)
  },
  sparse() {
    truncateSync(outbound, 2 ** 40)
  },
  'endless-view'() {
    const database = new DatabaseSync(outbound)
    database.exec(`DROP TABLE messages_out;
      CREATE VIEW messages_out AS WITH RECURSIVE n(seq) AS (SELECT 1 UNION ALL SELECT seq + 2 FROM n)
        SELECT 'out-00000001' AS id, seq, NULL AS in_reply_to, '${now}' AS timestamp FROM n`)
  },
  lock() {
    copyFileSync(outbound, `${outbound}.new`)
    const database = new DatabaseSync(`${outbound}.new`)
    database.exec('PRAGMA journal_mode = DELETE; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
    globalThis.kept = database
    for (const suffix of ['-wal', '-shm']) rmSync(outbound + suffix, { force: true })
    renameSync(`${outbound}.new`, outbound)
  },
  'forged-seq'() {
    insertRow(new DatabaseSync(outbound), { seq: 2 ** 30 + 1 })
  },
  'forged-id'() {
    insertRow(new DatabaseSync(outbound), { id: '../../../etc/passwd' })
  },
  'huge-row'() {
    const content = JSON.stringify({ text: 'x'.repeat(20_000_000) })
    insertRow(new DatabaseSync(outbound), { content })
  },
  /** Many messages at once, to her own chat. */
  burst() {
    insertMany(new DatabaseSync(outbound), 0, 300)
  },
  /** Without end. */
  flood() {
    const database = new DatabaseSync(outbound)
    let written = 0
    setInterval(() => {
      insertMany(database, written, 100)
      written += 100
    }, 10)
  },
  elsewhere() {
    insertRow(new DatabaseSync(outbound), { platform: 'secret-room' })
  },
}

const isMallory = process.env.NANOCLAW_AGENT_GROUP_NAME === 'Mallory'
const attack = isMallory ? attacks[readFileSync(join(process.cwd(), 'attack'), 'utf8')] : undefined
if (attack !== undefined) {
  attack()
  const ring = () => process.stdout.write('ring\n')
  ring()
  setInterval(ring, 100)
  process.stdin.resume()
} else {
  await import('./runner.js')
}
