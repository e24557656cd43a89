import { expect, test } from 'vitest'
import type { ThreadReport, ThreadRequest } from '../../src/threads/messages.ts'
import { serveThread } from '../../src/threads/serve-thread.ts'

test('what has been done is told before something is begun that may take long', () => {
  const reports: ThreadReport[] = []
  const toldBefore: number[] = []
  const long = (): void => {
    toldBefore.push(reports.flatMap(({ answers }) => answers).length)
    for (const until = performance.now() + 5; performance.now() < until;);
  }
  let ask = (_requests: readonly ThreadRequest[]): void => undefined
  serveThread(
    {
      on: (_event, listener) => (ask = listener),
      postMessage: (report) => reports.push(report),
      close: () => undefined,
    },
    { kind: () => ({ methods: { short: () => 1, long }, close: () => undefined }) },
  )
  ask([{ type: 'open', call: 1, file: 1, kind: 'kind', options: undefined }])
  const call = (number: number, method: string): ThreadRequest => {
    return { type: 'call', call: number, file: 1, method, args: [] }
  }
  ask([call(2, 'short'), call(3, 'long'), call(4, 'short'), call(5, 'long')])
  expect(toldBefore).toEqual([2, 4])
  expect(reports.flatMap(({ answers }) => answers.map((answer) => answer.call))).toEqual([
    1, 2, 3, 4, 5,
  ])
})
