import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isNanoclawError, parseInboundContent, readInboundContent } from '../../src/index.ts'

const kinds = ['chat', 'chat-sdk', 'task', 'webhook', 'system', 'mail', 'constructor']
const systemTypes = [
  ...['question_response', 'action_result', 'command', 'approval_result', 'output_held'],
  ...['delivery_failed', 'delivery_refused', 'unknown', 'toString'],
]
/** What a field may be: right for some, wrong for most. */
const value = fc.oneof(
  fc.string(),
  fc.constantFrom(null, true, 0, 7, -1, 1.5, 1e300, [], {}, 'edit', 'stop', 'reaction', 'typing'),
)
const some = { requiredKeys: [] }
const replyTo = fc.record({ sender: value, text: fc.string(), seq: value }, some)
const attachment = fc.record(
  { type: fc.string(), name: value, mime: value, size: value, localPath: fc.string() },
  some,
)
const texts = ['text', 'sender', 'senderId', 'prompt', 'source', 'reason', 'destination'] as const
const ids = ['questionId', 'selectedOption', 'userId', 'actionId'] as const
/** Mostly right, so that one wrong field is what decides. */
const content = fc
  .record({
    ...Object.fromEntries([...texts, ...ids].map((name) => [name, fc.string()])),
    ...{ ok: fc.boolean(), seq: fc.integer(), type: fc.constantFrom(...systemTypes) },
    ...{ command: fc.constantFrom('stop', 'clear', 'reboot'), payload: fc.jsonValue() },
  })
  .chain((right) =>
    fc.tuple(
      fc.constant({ ...right, event: 'edit' }),
      fc.record(
        {
          ...{ event: value, script: value, scriptOutput: value, ok: value, seq: value },
          ...{ text: value, prompt: value, reason: value, userId: value, more: value },
          replyTo: fc.oneof(replyTo, value),
          attachments: fc.oneof(fc.array(attachment), value),
        },
        some,
      ),
      fc.subarray([...texts, ...ids, 'payload', 'type'], { maxLength: 2 }),
    ),
  )
  .map(([right, odd, missing]) => {
    const row: Record<string, unknown> = { ...right, ...odd }
    for (const name of missing) delete row[name]
    return row
  })

function refuses(kind: string, json: string): boolean {
  try {
    parseInboundContent(kind, json)
    return false
  } catch (error) {
    if (!isNanoclawError(error)) throw error
    return true
  }
}

test('refuses what the schemas refuse, and takes the rest as it is', () => {
  let taken = 0
  const anything = fc.oneof({ weight: 9, arbitrary: content }, fc.jsonValue())
  fc.assert(
    fc.property(fc.constantFrom(...kinds), anything, (kind, row) => {
      const json = JSON.stringify(row)
      const read = readInboundContent(kind, json)
      expect(read === undefined, json).toBe(refuses(kind, json))
      if (read === undefined) return
      taken += 1
      expect(read).toEqual({ kind, content: JSON.parse(json) })
    }),
    { numRuns: 2000 },
  )
  expect(taken).toBeGreaterThan(100)
})

test('takes text that is no JSON for what it is', () => {
  expect(readInboundContent('chat', '{')).toBeUndefined()
})
