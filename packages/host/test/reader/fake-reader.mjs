// Stands in for the reader process and misbehaves: how, says the first
// word of the session id of each request.
import { writeSync } from 'node:fs'
import { createBegunWriter } from '../../src/reader/begun-record.ts'
import { encodeMessage, parseRequest } from '../../src/reader/wire.ts'

const begin = createBegunWriter()
const say = (message) => process.stdout.write(encodeMessage(message))
const answer = { type: 'answer', worn: false, ms: 0, outcome: { outcome: 'busy' } }

/** Rows that say which process has read them. */
const pid = {
  outcome: 'rows',
  rows: [],
  more: false,
  acks: [
    {
      messageId: String(process.pid),
      status: 'completed',
      turnId: null,
      epoch: null,
      claims: null,
      claimedAt: null,
      error: null,
    },
  ],
}

const acts = {
  ok: () => say(answer),
  pid: () => say({ ...answer, outcome: pid }),
  worn: () => say({ ...answer, worn: true, outcome: pid }),
  slow: () => say({ ...answer, ms: 10_000, outcome: pid }),
  wrong: () => say({ ...answer, outcome: { outcome: 'violation', reason: String(process.pid) } }),
  spin: () => {
    for (;;);
  },
  ahead: () => {
    const time = Buffer.alloc(8)
    time.writeBigUInt64LE(process.hrtime.bigint() + 3_600_000_000_000n)
    writeSync(3, time, 0, 8, 8)
    for (;;);
  },
  SIGSEGV: () => process.kill(process.pid, 'SIGSEGV'),
  SIGKILL: () => process.kill(process.pid, 'SIGKILL'),
  heap: () => {
    const held = []
    for (;;) held.push(new Array(100_000).fill(held.length))
  },
  flood: () => {
    const text = 'x'.repeat(1 << 20)
    for (let index = 0; index < 64; index += 1) process.stdout.write(text)
  },
  nonsense: () => process.stdout.write('so what\n'),
  unknown: () => process.stdout.write('["answer",0,false,"rows",false,[{}],[]]\n'),
  trouble: () => say({ type: 'trouble', message: 'EACCES: permission denied' }),
}

process.on('SIGINT', () => undefined)
say({ type: 'ready' })
let text = ''
process.stdin.on('end', () => process.exit(0))
process.stdin.on('data', (chunk) => {
  text += chunk
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n')) {
    const request = parseRequest(text.slice(0, end))
    text = text.slice(end + 1)
    if (request.forget !== undefined) continue
    const [act] = request.sessionId.split('-')
    if (act === 'early') process.exit(3)
    begin()
    acts[act]()
    if (request.after > 0) setTimeout(() => process.exit(4), request.after)
  }
})
