import type { Wiring } from '@nanoclaw/core'
import type { MessageEvent } from '@nanoclaw/adapters'
import { expect, it } from 'vitest'
import { engages } from '../../src/router/engage.ts'

function wiring(engageMode: Wiring['engageMode']): Wiring {
  return {
    id: 'wire-00000001',
    agentGroupId: 'ag-00000001',
    messagingGroupId: 'mg-00000001',
    sessionMode: 'shared',
    engageMode,
    priority: 0,
    createdAt: '2026-01-31T12:00:00.000Z',
  }
}

function said(addressed: MessageEvent['addressed']): MessageEvent {
  return {
    type: 'message',
    instance: '',
    chatId: 'room',
    threadId: null,
    chatKind: 'group',
    addressed,
    sender: { id: 'ann', name: 'Ann', isBot: false, isSelf: false },
    platformMessageId: 'm1',
    sentAt: '2026-01-31T12:00:00.000Z',
    text: 'hello',
    attachments: [],
  }
}

it('answers as the wiring says, and never where it cannot tell [W4]', () => {
  const modes = ['always', 'mention', 'mention-sticky', 'pattern'] as const
  const table = modes.map((mode) => [
    mode,
    engages(wiring(mode), said('none')),
    engages(wiring(mode), said('mention')),
  ])
  expect(table).toEqual([
    ['always', true, true],
    ['mention', false, true],
    ['mention-sticky', false, false],
    ['pattern', false, false],
  ])
})
