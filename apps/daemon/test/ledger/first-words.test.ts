import { expect, it } from 'vitest'
import { firstWords } from '../../src/ledger/first-words.ts'

const words = (kind: string, content: unknown) => firstWords(kind, JSON.stringify(content))

it('shows what a message says, or what it is', () => {
  expect(words('chat', { text: 'hello' })).toBe('hello')
  expect(words('chat', { text: '', files: ['a.png', 'b.pdf'] })).toBe('(file a.png) (file b.pdf)')
  expect(words('chat', { operation: 'edit', messageId: 3, text: 'new' })).toBe('(edit) new')
  expect(words('chat', { operation: 'reaction', messageId: 3, emoji: '👍' })).toBe('(reaction 👍)')
  expect(words('system', { action: 'schedule_task' })).toBe('(schedule_task)')
  expect(words('chat-sdk', { type: 'card', card: {}, fallbackText: 'a card' })).toBe('a card')
})

it('shows what it does not know as it is, and never more than the beginning', () => {
  expect(firstWords('chat', 'no JSON')).toBe('no JSON')
  expect(words('other', { a: 1 })).toBe('{"a":1}')
  expect(words('chat', { text: 'x'.repeat(5_000) })).toBe(`${'x'.repeat(200)}…`)
  expect(words('chat', { text: `${'x'.repeat(199)}😀` }).isWellFormed()).toBe(true)
})

it('shows the text of a content that a list has cut off', () => {
  const cut = JSON.stringify({ text: 'one\n"two" ' + 'x'.repeat(5_000) }).slice(0, 2_000)
  expect(firstWords('chat', cut)).toMatch(/^one\n"two" x{190}…$/)
  expect(firstWords('chat', '{"text":"half \\u00')).toBe('{"text":"half \\u00')
})
