import { createEventQueue } from '@nanoclaw/container-runtime'
import type { AgentProvider, ProviderEvent, TurnBatch } from '@nanoclaw/container-runtime'

/** Answers each message with its number of words. */
export const createWordCount = (): AgentProvider => ({
  name: 'word-count',
  startTurn: ({ rows, prompt, signal }) => {
    const batches = createEventQueue<TurnBatch>()
    batches.put({ index: 0, rows, prompt })
    let stopped = signal.aborted
    const interrupt = (): void => {
      stopped = true
      batches.end()
    }
    signal.addEventListener('abort', interrupt)
    // The runner asks for the next event when it has committed the last one: nothing runs ahead.
    async function* events(): AsyncGenerator<ProviderEvent> {
      for await (const batch of batches.events) {
        if (stopped) return
        yield { type: 'result', text: batch.rows.map(count).join('\n'), through: batch.index }
      }
    }
    return { events: events(), push: batches.put, close: batches.end, interrupt }
  },
})

function count({ from, entry }: TurnBatch['rows'][number]): string {
  const words = entry.kind === 'chat' ? entry.content.text.split(/\s+/).length : 0
  return from === undefined ? '' : `<message to="${from}">${words} words</message>`
}
