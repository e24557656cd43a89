import assert from 'node:assert/strict'
import { mkdirSync, renameSync, symlinkSync, linkSync, truncateSync, writeFileSync } from 'node:fs'
import type { ReadOutcome } from '../mailbox/outbound-reader.ts'
import { outboundLimits } from '../mailbox/outbound-reader.ts'
import type { TestRow, TestWriter } from './outbound-writer.ts'
import { rowsOf, type ReaderCase, type SessionHandle } from './reader-workbench.ts'

function refused(outcome: ReadOutcome, reason: RegExp): void {
  assert.equal(outcome.outcome, 'violation', JSON.stringify(outcome))
  if (outcome.outcome !== 'violation') return
  assert.match(outcome.reason, reason)
  assert.match(outcome.reason, /^[\x20-\x7e\u00a1-\u024f…]{1,500}$/u, 'a short printable reason')
}

/** One row that breaks one rule, after a sound one. */
function badRow(name: string, row: TestRow, reason: RegExp): ReaderCase {
  return {
    name: `[X3] refuses a row ${name}`,
    async run({ session }) {
      const one = session()
      const writer = one.writer()
      writer.row({ seq: 1 })
      writer.row({ seq: 3, ...row })
      refused(await one.read(), reason)
      assert.equal(rowsOf(await one.read({ limit: 1 })).more, true, 'pages before it can be read')
    },
  }
}

/** A file whose schema or form was changed by its writer. */
function badFile(name: string, spoil: (writer: TestWriter) => void, reason: RegExp): ReaderCase {
  return {
    name: `[X4] refuses a file ${name}`,
    async run({ session }) {
      const one = session()
      const writer = one.writer()
      writer.row({})
      spoil(writer)
      refused(await one.read(), reason)
    },
  }
}

/** Files that are not what they should be, before anything is opened. */
function badName(name: string, spoil: (one: SessionHandle) => void, reason: RegExp): ReaderCase {
  return {
    name: `[X4] refuses ${name}`,
    async run({ session }) {
      const one = session()
      mkdirSync(one.files.outbound, { recursive: true })
      spoil(one)
      refused(await one.read(), reason)
    },
  }
}

const sql = (text: string) => (writer: TestWriter) => void writer.database.sqlite.exec(text)
const long = outboundLimits.field + 1

/** An acknowledgement of a turn with another value. */
function claim(writer: TestWriter, value: string): void {
  writer.turn('turn-00000001', 'running', null)
  writer.ack('in-00000000', 'processing', 'turn-00000001')
  writer.database.sqlite.exec(`UPDATE turns SET ${value}`)
}

const rowCases = [
  badRow('with an even seq', { seq: 4 }, /seq 4: seq is even/),
  badRow('with a seq beyond the window', { seq: 2 ** 20 + 1 }, /more than 1048576 above/),
  badRow('with a seq that is a fraction', { seq: 3.5 }, /seq is real/),
  badRow('with a seq that is text', { seq: 'three' }, /seq is text/),
  badRow('with the largest seq there is', { seq: 2n ** 63n - 1n }, /more than 1048576 above/),
  badRow('with an id that is a path', { id: '../../../central.db' }, /seq 3: id .* form/),
  badRow('with an id that is too long', { id: `out-${'a'.repeat(41)}` }, /id .*form|id is/),
  badRow('with an id of megabytes', { id: 'a'.repeat(5_000_000) }, /id is 5000000 bytes long/),
  badRow('with an id that is a blob', { id: Buffer.from('out-00000000') }, /id is no text/),
  badRow('with an id that writes to the terminal', { id: '\u001b[2J\u202e\n' }, /\\u\{1b\}\[2J/),
  badRow('that answers no id', { inReplyTo: '17' }, /in_reply_to 17/),
  badRow('of no turn', { turnId: '../..' }, /turn_id \.\.\/\.\./),
  badRow('whose turn is too long', { turnId: 't'.repeat(long) }, /turn_id is 1025 bytes/),
  badRow('whose turn is a blob', { turnId: Buffer.from('turn-00000000') }, /turn_id is no text/),
  badRow('from no moment', { timestamp: '2026-02-30T00:00:00.000Z' }, /timestamp 2026-02-30/),
  badRow('with a time of another form', { timestamp: '2026-02-03 00:00:00' }, /timestamp 2026/),
  badRow('for no moment', { deliverAfter: 'tomorrow' }, /deliver_after tomorrow/),
  badRow('of a kind that is too long', { kind: 'k'.repeat(long) }, /kind is 1025 bytes/),
  badRow('whose channel is too long', { channelType: 'é'.repeat(513) }, /channel_type is 1026/),
  badRow('whose instance is too long', { channelInstance: 'i'.repeat(long) }, /channel_instance/),
  badRow('whose place is too long', { platformId: 'p'.repeat(long) }, /platform_id is 1025/),
  badRow('whose thread is too long', { threadId: 't'.repeat(long) }, /thread_id is 1025/),
  badRow('whose place is a blob', { platformId: Buffer.from([0]) }, /platform_id is no text/),
  badRow('whose content is a blob', { content: Buffer.from('{}') }, /content is no text/),
]

const fileCases = [
  badFile(
    'in which messages_out is an endless view',
    sql(`DROP TABLE messages_out; CREATE VIEW messages_out AS WITH RECURSIVE n(seq) AS
      (SELECT 1 UNION ALL SELECT seq + 2 FROM n) SELECT 'out-00000000' AS id, seq FROM n`),
    /schema is not that of version/,
  ),
  badFile('with one more table', sql('CREATE TABLE more (a)'), /schema is not that of/),
  badFile('without one of its indexes', sql('DROP INDEX messages_out_seq'), /schema is not that/),
  badFile(
    'with a trigger, though it says it is of a later step',
    sql(`PRAGMA user_version = 1999; CREATE TRIGGER t AFTER INSERT ON turns BEGIN SELECT 1; END`),
    /a trigger called t/,
  ),
  badFile('of a later contract', sql('PRAGMA user_version = 2000'), /unknown schema version 2000/),
  badFile('of another program', sql('PRAGMA application_id = 7'), /application id 7/),
  badFile('of another kind', sql('PRAGMA application_id = 1313033289'), /application id/),
  badFile(
    'with an acknowledgement of no known status',
    (writer) => writer.ack('in-00000000', 'whatever'.repeat(1000), null),
    /processing_ack of in-00000000: status/,
  ),
  badFile(
    'with an acknowledgement by no turn',
    (writer) => writer.ack('in-00000000', 'completed', '../..'),
    /processing_ack of in-00000000: turn_id/,
  ),
  badFile(
    'with a turn that was claimed no number of times',
    (writer) => claim(writer, "claims = 'often'"),
    /processing_ack of in-00000000: claims/,
  ),
  badFile(
    'with a turn that was claimed less than never',
    (writer) => claim(writer, 'claims = -7'),
    /processing_ack of in-00000000: claims/,
  ),
  badFile(
    'with a turn that was claimed at no moment',
    (writer) => claim(writer, "claimed_at = 'now' || char(27)"),
    /processing_ack of in-00000000: claimed_at/,
  ),
].map((one): ReaderCase => ({
  name: one.name,
  run: ({ reader, session }) =>
    one.run({
      reader,
      session() {
        const made = session()
        const ackIds = ['in-00000000']
        return { ...made, read: (values) => made.read({ ackIds, ...values }) }
      },
    }),
}))

const nameCases = [
  badName('a missing file', () => undefined, /outbound\.db is missing/),
  badName(
    'a link to a sound file',
    (one) => {
      one.writer().row({})
      renameSync(one.files.outboundDb, `${one.files.outboundDb}.real`)
      symlinkSync('outbound.db.real', one.files.outboundDb)
    },
    /outbound\.db is not a regular file/,
  ),
  badName(
    'a second name of a file',
    (one) => {
      one.writer().row({})
      linkSync(one.files.outboundDb, `${one.files.outboundDb}.other`)
    },
    /outbound\.db has 2 links/,
  ),
  badName(
    'a folder in place of the log',
    (one) => {
      writeFileSync(one.files.outboundDb, '')
      mkdirSync(`${one.files.outboundDb}-wal`)
    },
    /outbound\.db-wal is not a regular file/,
  ),
  badName(
    'a sparse terabyte',
    (one) => {
      writeFileSync(one.files.outboundDb, '')
      truncateSync(one.files.outboundDb, 2 ** 40)
    },
    /outbound\.db is 1099511627776 bytes long/,
  ),
  badName('an empty file', (one) => writeFileSync(one.files.outboundDb, ''), /application id 0/),
  badName(
    'a file that is no database',
    (one) => writeFileSync(one.files.outboundDb, 'x'.repeat(4096)),
    /not a database \(SQLITE_NOTADB\)/,
  ),
]

/** What a reader must refuse, each with a reason that names the row and the rule. */
export const readerViolationCases: readonly ReaderCase[] = [...rowCases, ...fileCases, ...nameCases]
