import { inspect } from 'node:util'
import { BrokenPromise } from './broken-promise.ts'
import type { LogLine } from './test-context.ts'

/** Stands in the texts that people and agents write in this suite. */
const MARKER = /marker-[\w-]+/

const PRIVATE = {
  promised: 'No text of a message and no token stands in a log line, at any level.',
  because: 'Logs are kept, sent around and read by people whom nobody wrote to.',
}

/** Fails when what the adapter logged holds the text of a message, or one of these secrets. */
export function checkLog(log: readonly LogLine[], secrets: readonly string[] = []): void {
  for (const { level, message, details } of log) {
    const line = `${message} ${inspect(details, { depth: 8 })}`
    const secret = secrets.some((one) => line.includes(one)) ? 'a secret' : undefined
    const found = secret ?? MARKER.exec(line)?.[0]
    if (found === undefined) continue
    const did = `The adapter logged ${found}, in the line "${message}" (${level}).`
    throw new BrokenPromise({ did, ...PRIVATE })
  }
}
