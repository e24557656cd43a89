// What a container that has been talked into hostility does to its outbound folder: run as a
// program of its own, `node hostile.mjs ATTACK FOLDER [OTHER SESSION'S FOLDER]`. Says `ready` when
// the attack is in place; some go on until they are killed.
import { execFileSync, spawn } from 'node:child_process'
import * as fs from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'

const [attack, folder, other] = process.argv.slice(2)
const database = join(folder, 'outbound.db')

const open = (path = database) => {
  const sqlite = new Sqlite(path)
  sqlite.pragma('journal_mode = wal')
  return sqlite
}
const mkfifo = (path) => execFileSync('mkfifo', [path])
const replaceByFifo = (path) => {
  fs.rmSync(path, { force: true })
  mkfifo(path)
}
const insert = `INSERT INTO messages_out (id, seq, timestamp, kind, content)
  VALUES ('out-' || printf('%08d', ?), ?, '2026-11-22T14:05:00.000Z', 'chat', ?)`
/** Keeps connections from the garbage collector, which would close them. */
const held = []

/** Swaps a file with something else as fast as it can. */
function swapForEver(makeOther, name = database) {
  const real = join(folder, 'real')
  const fake = join(folder, 'fake')
  fs.renameSync(name, real)
  makeOther(fake)
  for (;;) {
    fs.renameSync(real, name)
    fs.renameSync(name, real)
    fs.renameSync(fake, name)
    fs.renameSync(name, fake)
  }
}

/** The same with a pause at each end, so that a reader finds each of them whole, and keeps it open. */
function swapSlowlyForEver(makeOther, name = database) {
  const real = join(folder, 'real')
  const fake = join(folder, 'fake')
  makeOther(fake)
  const pause = new Int32Array(new SharedArrayBuffer(4))
  for (;;) {
    Atomics.wait(pause, 0, 0, 1)
    fs.renameSync(name, real)
    fs.renameSync(fake, name)
    Atomics.wait(pause, 0, 0, 1)
    fs.renameSync(name, fake)
    fs.renameSync(real, name)
  }
}

const attacks = {
  'fifo-database': () => replaceByFifo(database),
  'fifo-journal': () => replaceByFifo(`${database}-journal`),
  'fifo-wal': () => replaceByFifo(`${database}-wal`),
  'fifo-shm': () => replaceByFifo(`${database}-shm`),
  'link-other-session': () => {
    fs.rmSync(database)
    fs.symlinkSync(join(other, 'outbound.db'), database)
  },
  'link-dev-zero': () => {
    fs.rmSync(database)
    fs.symlinkSync('/dev/zero', database)
  },
  'link-shm': () => {
    fs.rmSync(`${database}-shm`, { force: true })
    fs.symlinkSync(join(other, 'outbound.db'), `${database}-shm`)
  },
  'link-wal-nowhere': () => {
    fs.rmSync(`${database}-wal`, { force: true })
    fs.symlinkSync(join(other, 'made-by-the-reader'), `${database}-wal`)
  },
  'socket-database': () => {
    fs.rmSync(database)
    const child = spawn(process.execPath, [
      '-e',
      `require('net').createServer().listen(${JSON.stringify(database)}, () => process.exit())`,
    ])
    return new Promise((done) => child.once('exit', done))
  },
  'endless-view': () => {
    open().exec(`DROP TABLE messages_out; CREATE VIEW messages_out AS
      WITH RECURSIVE n(seq) AS (SELECT 1 UNION ALL SELECT seq + 2 FROM n)
      SELECT 'out-00000000' AS id, seq, NULL AS in_reply_to, '2026-11-22T14:05:00.000Z' AS timestamp,
        NULL AS deliver_after, 'chat' AS kind, NULL AS platform_id, NULL AS channel_type,
        NULL AS thread_id, '{}' AS content, '' AS channel_instance FROM n WHERE seq < 0`)
  },
  'huge-row': () => {
    open()
      .prepare(insert)
      .run(3, 3, 'a'.repeat(64 * 1024 * 1024))
  },
  'huge-schema': () => {
    const sqlite = open()
    sqlite.unsafeMode()
    sqlite.pragma('writable_schema = ON')
    sqlite.exec(
      `INSERT INTO sqlite_schema SELECT 'table', 't' || value, 't' || value, 2,
      'CREATE TABLE t' || value || '(' || substr(hex(zeroblob(500000)), 1, 1) || ')'
      FROM generate_series(1, 2)`.replace('FROM generate_series(1, 2)', `FROM json_each('[1,2]')`),
    )
    for (let index = 0; index < 200_000; index += 1000) {
      sqlite
        .prepare(
          `WITH RECURSIVE n(i) AS (SELECT ? UNION ALL SELECT i + 1 FROM n WHERE i < ?)
           INSERT INTO sqlite_schema SELECT 'table', 'x' || i, 'x' || i, 2,
             'CREATE TABLE x' || i || '(a,b,c,d,e,f,g,h,i,j)' FROM n`,
        )
        .run(index, index + 999)
    }
  },
  'locked-shm': () => {
    const sqlite = open()
    held.push(sqlite)
    sqlite.prepare(insert).run(3, 3, '{}')
    // Bytes 123 to 127 of -shm are SQLite's five read locks.
    const child = spawn('perl', [
      '-e',
      `use Fcntl; open(my $f, '+<', $ARGV[0]) or die; $| = 1;
       my $l = pack('s s x4 q q i x4', F_WRLCK, 0, 123, 5, 0);
       fcntl($f, F_SETLK, $l) or die "lock: $!";
       print "locked"; sleep 600;`,
      `${database}-shm`,
    ])
    process.on('exit', () => child.kill('SIGKILL'))
    process.on('SIGTERM', () => process.exit())
    return new Promise((done, fail) => {
      child.stdout.once('data', done)
      child.stderr.once('data', (text) => fail(new Error(String(text))))
    })
  },
  'locked-exclusively': () => {
    const sqlite = new Sqlite(database)
    held.push(sqlite)
    sqlite.pragma('locking_mode = exclusive')
    sqlite.exec('BEGIN EXCLUSIVE')
    sqlite.prepare(insert).run(3, 3, '{}')
    setInterval(() => undefined, 1000)
  },
  'shm-truncated': () => {
    const sqlite = open()
    held.push(sqlite)
    sqlite.prepare(insert).run(3, 3, '{}')
    const shm = fs.openSync(`${database}-shm`, 'r+')
    const bytes = fs.readFileSync(`${database}-shm`)
    process.stdout.write('ready\n')
    for (;;) {
      fs.ftruncateSync(shm, 0)
      fs.writeSync(shm, bytes, 0, bytes.length, 0)
    }
  },
  'corrupt-pages': () => {
    const sqlite = open()
    for (let seq = 3; seq < 400; seq += 2) sqlite.prepare(insert).run(seq, seq, 'x'.repeat(300))
    sqlite.pragma('wal_checkpoint(TRUNCATE)')
    sqlite.close()
    const file = fs.openSync(database, 'r+')
    const { size } = fs.fstatSync(file)
    // Everything but the first page, which holds header and schema, and what follows closely.
    for (let at = 24 * 1024; at + 512 < size; at += 1024) {
      fs.writeSync(file, Buffer.alloc(512, 0xa5), 0, 512, at)
    }
  },
  'sparse-file': () => {
    fs.truncateSync(database, 900 * 1024 * 1024)
  },
  'foreign-journal': () => {
    const sqlite = new Sqlite(database)
    sqlite.pragma('journal_mode = delete')
    sqlite.close()
    // A hot journal of another database: its magic, one record, sector and page size.
    const journal = Buffer.alloc(512 + 4 + 1024 + 4)
    Buffer.from('d9d505f920a163d7', 'hex').copy(journal)
    journal.writeUInt32BE(1, 8)
    journal.writeUInt32BE(1, 16)
    journal.writeUInt32BE(512, 20)
    journal.writeUInt32BE(1024, 24)
    journal.writeUInt32BE(1, 512)
    fs.writeFileSync(`${database}-journal`, journal)
  },
  'swap-link': () => {
    process.stdout.write('ready\n')
    swapForEver((fake) => fs.symlinkSync(join(other, 'outbound.db'), fake))
  },
  'swap-fifo': () => {
    process.stdout.write('ready\n')
    swapForEver((fake) => mkfifo(fake))
  },
  'exchange-link': () => {
    process.stdout.write('ready\n')
    swapSlowlyForEver((fake) => fs.symlinkSync(join(other, 'outbound.db'), fake))
  },
  'exchange-file': () => {
    process.stdout.write('ready\n')
    swapSlowlyForEver((fake) => fs.copyFileSync(database, fake))
  },
  'exchange-wal': () => {
    held.push(open())
    held[0].prepare(insert).run(3, 3, '{}')
    process.stdout.write('ready\n')
    swapSlowlyForEver(
      (fake) => fs.symlinkSync(join(other, 'outbound.db-wal'), fake),
      `${database}-wal`,
    )
  },
  'exchange-shm': () => {
    held.push(open())
    held[0].prepare(insert).run(3, 3, '{}')
    process.stdout.write('ready\n')
    swapForEver((fake) => fs.symlinkSync(join(other, 'outbound.db-shm'), fake), `${database}-shm`)
  },
  // Not hostile: what our own runner may do at any moment.
  'killed-writer': () => {
    const sqlite = open()
    for (let seq = 3; seq < 40; seq += 2) sqlite.prepare(insert).run(seq, seq, '{}')
    sqlite.exec('BEGIN IMMEDIATE')
    for (let seq = 41; seq < 4000; seq += 2) sqlite.prepare(insert).run(seq, seq, 'x'.repeat(2000))
    fs.writeSync(1, 'ready\n')
    process.kill(process.pid, 'SIGKILL')
  },
  'busy-writer': () => {
    const sqlite = open()
    sqlite.pragma('wal_autocheckpoint = 20')
    const statement = sqlite.prepare(insert)
    held.push(sqlite)
    let seq = 3
    const write = () => {
      for (let index = 0; index < 10; index += 1, seq += 2) statement.run(seq, seq, '{}')
      if (seq % 1000 < 20) sqlite.pragma('wal_checkpoint(TRUNCATE)')
      setImmediate(write)
    }
    write()
  },
}

await attacks[attack]()
process.stdout.write('ready\n')
