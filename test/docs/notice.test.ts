import { createWebhookSink } from '@nanoclaw/host'
import { expect, test } from 'vitest'
import { documents } from './documents.ts'

/** The names in a value, down to the fields of what it holds. */
function namesOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(namesOf)
  if (typeof value !== 'object' || value === null) return typeof value
  const entries = Object.entries(value).map(([name, each]) => [name, namesOf(each)] as const)
  return Object.fromEntries(entries)
}

test('what operators read of a notice as JSON is what a webhook is posted', async () => {
  const document = documents().find(({ path }) => path === 'docs/operating.md')
  const shown = document?.blocks.find(({ language, marks }) => language === 'json' && !marks[0])
  const incident = {
    id: 'inc-0198c0de',
    kind: 'delivery-failed',
    subject: 'sess-0198bf11',
    message: 'a message to family was failed: the chat is gone',
    occurrences: 3,
    openedAt: '2026-01-31T12:00:00.000Z',
    lastSeenAt: '2026-01-31T12:04:10.250Z',
    resolvedAt: null,
    sessionId: 'sess-0198bf11',
    agentGroupId: 'ag-0198be00',
  }
  const bodies: unknown[] = []
  const sink = createWebhookSink({
    url: 'http://127.0.0.1:9/',
    fetch: (_url, init) => {
      bodies.push(JSON.parse(String(init?.body)))
      return Promise.resolve(new Response())
    },
  })
  const notice = {
    key: incident.id,
    installId: 'inst-1',
    text: '',
    total: 1,
    incidents: [incident],
  }
  await sink.tell(notice, AbortSignal.timeout(10_000))
  expect(bodies.map(namesOf)).toEqual([namesOf(JSON.parse(shown?.code ?? 'null'))])
})
