import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, afterAll, expect, onTestFinished, test } from 'vitest'
import { withinDeadline } from '../../src/deadline.ts'
import { processIdentity } from '../../src/drivers/process-identity.ts'
import { createCommandSink } from '../../src/operator/command-sink.ts'
import { notice } from './notices.ts'

const never = new AbortController().signal
let folder: string
const at = (name: string) => join(folder, name)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nanoclaw-command-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const shell = (script: string, ...args: string[]) =>
  createCommandSink({ command: ['/bin/sh', '-c', script, 'sh', ...args] })

test('a command gets the notice on its input and in variables, and nothing of the host', async () => {
  const sink = createCommandSink({
    command: ['/bin/sh', '-c', 'cat > "$1/input"; env > "$1/env"', 'sh', folder],
    env: { PATH: '/usr/bin:/bin', WHERE: 'here' },
  })
  await sink.tell(notice({ message: 'nul\0here' }), never)
  expect(JSON.parse(await readFile(at('input'), 'utf8'))).toMatchObject({
    version: 1,
    key: 'inc-00000001',
    total: 1,
  })
  const variables = Object.fromEntries(
    (await readFile(at('env'), 'utf8')).split('\n').map((line) => line.split(/=(.*)/s).slice(0, 2)),
  )
  expect(variables).toMatchObject({
    NANOCLAW_INCIDENT_KEY: 'inc-00000001',
    NANOCLAW_INCIDENT_COUNT: '1',
    NANOCLAW_INCIDENT_ID: 'inc-00000001',
    NANOCLAW_INCIDENT_KIND: 'delivery-failed',
    NANOCLAW_INCIDENT_SUBJECT: 'sess-00000001',
    NANOCLAW_INCIDENT_MESSAGE: 'nul here',
    NANOCLAW_INCIDENT_OCCURRENCES: '1',
    NANOCLAW_INCIDENT_OPENED_AT: '2026-01-31T12:00:00.000Z',
    WHERE: 'here',
  })
  expect(Object.keys(variables)).not.toContain('NODE_ENV')
})

test('of several incidents it gets the number and the words', async () => {
  await shell('echo "$NANOCLAW_INCIDENT_COUNT $NANOCLAW_INCIDENT_ID" > "$1/many"', folder).tell(
    notice({ id: 'inc-1' }, { id: 'inc-2' }),
    never,
  )
  expect(await readFile(at('many'), 'utf8')).toBe('2 \n')
})

test('no shell reads its arguments', async () => {
  const script = at('arguments.sh')
  await writeFile(script, '#!/bin/sh\nprintf %s "$1" > "$2"\n')
  await chmod(script, 0o755)
  await createCommandSink({ command: [script, '$(id); `id`', at('arguments')] }).tell(
    notice(),
    never,
  )
  expect(await readFile(at('arguments'), 'utf8')).toBe('$(id); `id`')
})

test('another exit code than 0 is not taken; what it complains of is told, bounded', async () => {
  await expect(shell('echo "no mail server" >&2; exit 3').tell(notice(), never)).rejects.toThrow(
    'it ended with code 3: no mail server',
  )
  await expect(shell('kill -9 $$').tell(notice(), never)).rejects.toThrow('it was ended by SIGKILL')
  const flood = shell('head -c 3000000 /dev/zero | tr "\\0" x >&2; exit 1').tell(notice(), never)
  const error: unknown = await flood.catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(Error)
  expect(String(error).length).toBeLessThan(300)
})

test('one that floods its output, and does not read its input, is taken', async () => {
  await shell('head -c 3000000 /dev/zero; exec 0<&-; head -c 3000000 /dev/zero >&2').tell(
    notice({ message: 'x'.repeat(100_000) }),
    never,
  )
})

test('one that is not there, or may not be run, is not taken', async () => {
  const absent = createCommandSink({ command: [at('absent')] })
  await expect(absent.tell(notice(), never)).rejects.toThrow('ENOENT')
  await writeFile(at('plain'), 'nothing')
  const plain = createCommandSink({ command: [at('plain')] })
  await expect(plain.tell(notice(), never)).rejects.toThrow('EACCES')
})

test('one that hangs is killed at the deadline, with all that it has started', async () => {
  const pids = at('pids')
  const sink = shell(
    'trap "" TERM; sleep 600 & echo $! $$ > "$1.part"; mv "$1.part" "$1"; wait',
    pids,
  )
  // Until it has begun the deadline is not reached; then it is.
  const begun = new AbortController()
  const telling = sink.tell(notice(), begun.signal)
  const numbers = await untilWritten(pids)
  begun.abort(new Error('time is up'))
  await expect(telling).rejects.toThrow()
  for (const pid of numbers) {
    while ((await processIdentity(pid)) !== null) await new Promise(setImmediate)
  }
})

test('what a failed command leaves running is killed, too', async () => {
  const pids = at('left')
  const sink = shell('sleep 600 & echo $! > "$1"; exit 1', pids)
  await expect(sink.tell(notice(), never)).rejects.toThrow('it ended with code 1')
  for (const pid of await untilWritten(pids)) {
    while ((await processIdentity(pid)) !== null) await new Promise(setImmediate)
  }
})

test('what has left its group and holds its standard error keeps nobody waiting', async () => {
  const pid = at('left-group')
  const sink = shell(
    'setsid sh -c \'echo $$ > "$1"; exec sleep 600\' sh "$1" & while [ ! -s "$1" ]; do :; done; exit 3',
    pid,
  )
  const end = new AbortController()
  onTestFinished(async () => {
    for (const each of await untilWritten(pid)) process.kill(each, 'SIGKILL')
  })
  await expect(sink.tell(notice(), end.signal)).rejects.toThrow('it ended with code 3')
})

test('the deadline is the teller’s', async () => {
  const sink = shell('exec sleep 600')
  const telling = withinDeadline((signal) => sink.tell(notice(), signal), { timeoutMs: 100 })
  await expect(telling).rejects.toThrow('no answer within 100 ms')
})

test('a command that names no program is refused', () => {
  expect(() => createCommandSink({ command: [' '] })).toThrow(
    expect.objectContaining({ code: 'bad-option' }),
  )
})

async function untilWritten(path: string): Promise<readonly number[]> {
  for (;;) {
    const text = await readFile(path, 'utf8').catch(() => '')
    if (text.endsWith('\n')) return text.trim().split(' ').map(Number)
    await new Promise(setImmediate)
  }
}
