import { expect, test } from 'vitest'
import { noticeJson } from '../../src/operator/operator-notice.ts'
import { incident, notice } from './notices.ts'

test('one incident says in four lines what happened, since when, how often and what to do', () => {
  expect(notice({ occurrences: 3 }).text).toBe(
    `NanoClaw needs attention: delivery-failed
a message to family was failed: the chat is gone
Since 2026-01-31 12:00 UTC, 3 times so far.
Look: nanoclaw incidents. When it is seen to: nanoclaw incidents --resolve inc-00000001`,
  )
})

test('many incidents are one notice that counts them and shows the first', () => {
  const many = Array.from({ length: 300 }, (_, n) => ({
    id: `inc-${n}`,
    kind: n % 3 === 0 ? 'container-fails' : 'delivery-failed',
  }))
  const { text, incidents, total } = notice(...many)
  expect(text.split('\n')).toHaveLength(14)
  expect(text).toContain('300 incidents')
  expect(text).toContain('200 × delivery-failed, 100 × container-fails')
  expect(text).toContain('… and 290 more.')
  expect(total).toBe(300)
  expect(incidents).toHaveLength(100)
})

test('its key is the incident, and of several the same in whatever order, another for others', () => {
  expect(notice({ id: 'inc-7' }).key).toBe('inc-7')
  const [one, two, three] = [{ id: 'inc-1' }, { id: 'inc-2' }, { id: 'inc-3' }]
  const { key } = notice(one, two)
  expect(notice(two, one).key).toBe(key)
  expect(notice(one, two, three).key).not.toBe(key)
})

test('words of a container make no lines of their own, and have an end', () => {
  const { text } = notice({ message: `gone\n\u202E\u0000${'x'.repeat(10_000)}` })
  expect(text.split('\n')).toHaveLength(4)
  expect(text.length).toBeLessThan(800)
  expect(text).not.toMatch(/[\u202E\0]/)
})

test('sinks of whatever kind get every text of an incident as one line', () => {
  const [about] = notice({
    message: 'x\r\nBcc: a\u001B]0;',
    subject: 'a\nb',
    kind: 'c\nd',
  }).incidents
  expect(about).toMatchObject({ message: 'x Bcc: a ]0;', subject: 'a b', kind: 'c d' })
})

test('programs get version 1 of this form', () => {
  const about = incident({ message: 'two\nlines' })
  expect(JSON.parse(noticeJson(notice(about)))).toEqual({
    version: 1,
    key: 'inc-00000001',
    installId: 'inst-1',
    text: notice(about).text,
    total: 1,
    incidents: [
      {
        id: 'inc-00000001',
        kind: 'delivery-failed',
        subject: 'sess-00000001',
        message: 'two lines',
        occurrences: 1,
        openedAt: '2026-01-31T12:00:00.000Z',
        lastSeenAt: '2026-01-31T12:00:00.000Z',
        sessionId: 'sess-00000001',
        agentGroupId: 'ag-00000001',
      },
    ],
  })
})
