import type { HomeLayout } from '@nanoclaw/schema'
import type { OutboundReader, ReadRequest } from '../mailbox/outbound-reader.ts'
import { createTestWriter, type TestWriter } from './outbound-writer.ts'
import { readerSoundCases } from './reader-sound-cases.ts'
import { readerViolationCases } from './reader-violation-cases.ts'
import type { ReaderCase, SessionHandle } from './reader-workbench.ts'

/** A reader under test, over a home folder of its own. */
export interface ReaderFixture {
  readonly reader: OutboundReader
  readonly layout: HomeLayout
  /** Called at the end of a case, when the reader has been stopped: removes the home. */
  dispose(): Promise<void>
}

/** One case of a suite, for any test runner. */
export interface ConformanceCase {
  readonly name: string
  run(): Promise<void>
}

async function runCase(make: () => Promise<ReaderFixture>, body: ReaderCase['run']): Promise<void> {
  const fixture = await make()
  const writers: TestWriter[] = []
  let sessions = 0
  const session = (): SessionHandle => {
    sessions += 1
    const agentGroupId = 'ag-00000001'
    const sessionId = `sess-${String(sessions).padStart(8, '0')}`
    const files = fixture.layout.session(agentGroupId, sessionId)
    const request = (values: Partial<ReadRequest> = {}): ReadRequest => ({
      agentGroupId,
      sessionId,
      after: 0,
      largestSeq: 0,
      limit: 100,
      ackIds: [],
      ...values,
    })
    return {
      files,
      writer() {
        const writer = createTestWriter(files)
        writers.push(writer)
        return writer
      },
      request,
      read: (values) => fixture.reader.read(request(values)),
    }
  }
  try {
    await body({ reader: fixture.reader, session })
  } finally {
    for (const writer of writers) writer.close()
    await fixture.reader.stop()
    await fixture.dispose()
  }
}

/**
 * What every `OutboundReader` must do: pages of rows by cursor, acknowledgements by id, sound files
 * in every state a runner can leave them in, and a `violation` for each rule a row or file breaks.
 */
export function readerConformance(make: () => Promise<ReaderFixture>): ConformanceCase[] {
  return [...readerSoundCases, ...readerViolationCases].map(({ name, run }) => ({
    name,
    run: () => runCase(make, run),
  }))
}
