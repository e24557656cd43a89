import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseInboundContent, parseOutboundContent } from '../../src/index.ts'
import { errorOf } from '../database/workbench.ts'

type Example = readonly [kind: string, content: unknown]

const chat = { text: 'hello', sender: 'Ann', senderId: 'u1' }
const question = {
  type: 'ask_question',
  questionId: 'q1',
  title: 'Sure?',
  question: 'Shall I?',
  options: [{ label: 'Yes', value: 'y' }],
}

// The shapes of session protocol §5.
const inbound: readonly Example[] = [
  ['chat', chat],
  ['chat', { ...chat, event: 'edit', more: { of: 'a platform' } }],
  ['chat', { ...chat, replyTo: { sender: 'Bob', text: 'hi', seq: 12 } }],
  [
    'chat',
    {
      ...chat,
      attachments: [
        { type: 'image', name: 'cat.png', mime: 'image/png', size: 3, localPath: 'in-1/cat.png' },
        { type: 'file', name: 'lost.bin' },
      ],
    },
  ],
  ['chat-sdk', { ...chat, raw: {} }],
  ['task', { prompt: 'do it' }],
  ['task', { prompt: 'do it', script: 'date', scriptOutput: 'now' }],
  ['webhook', { source: 'ci', event: 'push', payload: { any: ['thing'] } }],
  ['webhook', { source: 'ci', event: 'push', payload: null }],
  ['system', { type: 'question_response', questionId: 'q1', selectedOption: 'y', userId: 'u1' }],
  ['system', { type: 'action_result', actionId: 'out-1', ok: true, result: { id: 1 } }],
  ['system', { type: 'action_result', actionId: 'out-1', ok: false, reason: 'no' }],
  ['system', { type: 'command', command: 'stop' }],
  ['system', { type: 'approval_result', approved: true }],
  ['system', { type: 'delivery_failed', seq: 7, destination: 'family', reason: 'gone' }],
  ['system', { type: 'delivery_refused', seq: 7, destination: 'nobody', reason: 'no row' }],
]

const outbound: readonly Example[] = [
  ['chat', { text: 'hello' }],
  ['chat', { text: '', files: ['a.pdf', 'b.pdf'] }],
  ['chat', { operation: 'edit', messageId: 12, text: 'better' }],
  ['chat', { operation: 'reaction', messageId: 12, emoji: '👍' }],
  ['chat-sdk', question],
  ['chat-sdk', { type: 'card', card: { title: 'x' }, fallbackText: 'x' }],
  ...[
    'schedule_task',
    'update_task',
    'cancel_task',
    'pause_task',
    'resume_task',
    'create_agent',
    'install_packages',
    'add_mcp_server',
    'request_rebuild',
  ].map((action): Example => ['system', { action, anything: 1 }]),
]

const wrongInbound: readonly Example[] = [
  ['chat', { text: 'hello' }],
  ['chat', { ...chat, text: 7 }],
  ['chat', { ...chat, event: 'typing' }],
  ['chat', { ...chat, attachments: [{ name: 'no type' }] }],
  ['chat', 'hello'],
  ['chat', null],
  ['chat', [chat]],
  ['task', {}],
  ['webhook', { source: 'ci' }],
  ['system', { type: 'unknown' }],
  ['system', { type: 'command', command: 'reboot' }],
  ['system', { type: 'delivery_failed', seq: 1.5, destination: 'a', reason: 'b' }],
  ['mail', chat],
]

const wrongOutbound: readonly Example[] = [
  ['chat', {}],
  ['chat', { text: 'x', files: 'a.pdf' }],
  ['chat', { operation: 'edit', messageId: 'm1', text: 'x' }],
  ['chat', { operation: 'edit', text: 'x' }],
  ['chat', { operation: 'reaction', messageId: 1 }],
  ['chat', { operation: 'delete', messageId: 1, text: 'x' }],
  ['chat-sdk', { ...question, options: [] }],
  ['chat-sdk', { type: 'card', card: {} }],
  ['system', { action: 'delete_everything' }],
  ['task', { prompt: 'x' }],
]

const sides = [
  { side: 'inbound', parse: parseInboundContent, right: inbound, wrong: wrongInbound },
  { side: 'outbound', parse: parseOutboundContent, right: outbound, wrong: wrongOutbound },
]

for (const { side, parse, right, wrong } of sides) {
  describe(`${side} content`, () => {
    for (const [kind, content] of right) {
      test(`takes ${kind} ${JSON.stringify(content).slice(0, 70)} as it is`, () => {
        expect(parse(kind, JSON.stringify(content))).toEqual({ kind, content })
      })
    }

    for (const [kind, content] of wrong) {
      test(`refuses ${kind} ${JSON.stringify(content).slice(0, 70)}`, () => {
        const error = errorOf(() => parse(kind, JSON.stringify(content)))
        expect(error.code).toBe('bad-content')
        expect(error.message).toContain(`an ${side} row of kind ${kind}`)
      })
    }

    test('never throws anything but bad-content', () => {
      const kind = fc.constantFrom('chat', 'chat-sdk', 'task', 'webhook', 'system', 'x')
      fc.assert(
        fc.property(kind, fc.oneof(fc.string(), fc.json()), (one, text) => {
          try {
            parse(one, text)
          } catch (error) {
            expect(error).toMatchObject({ code: 'bad-content' })
          }
        }),
      )
    })
  })
}
