// Makes a database in the folder it is given, in this journal mode; commits with this sync, and is killed.
import { join } from 'node:path'
import { openDatabase } from '@nanoclaw/schema/database'

const [home = '', journal = 'wal', synchronous = ''] = process.argv.slice(2)
const { sqlite, setSync } = openDatabase({
  path: join(home, 'central.db'),
  kind: 'central',
  journal: journal === 'delete' ? 'delete' : 'wal',
  create: true,
})
setSync('full')
if (synchronous !== '') sqlite.pragma(`synchronous = ${synchronous}`)
sqlite.exec('CREATE TABLE kept (n INTEGER)')
for (let n = 0; n < 3; n += 1) sqlite.prepare('INSERT INTO kept VALUES (?)').run(n)
process.kill(process.pid, 'SIGKILL')
