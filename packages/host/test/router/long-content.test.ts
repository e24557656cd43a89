import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { MessageEvent } from '@nanoclaw/adapters'
import { createMemoryAdapter } from '@nanoclaw/adapters/memory'
import { createCore, type Core, type NewInbound } from '@nanoclaw/core'
import { longestContent, type ChatContent } from '@nanoclaw/schema'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createRouter } from '../../src/router/route-event.ts'

let home: string
let core: Core
let rows: (Omit<NewInbound, 'content'> & { readonly content: ChatContent })[]

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'nanoclaw-long-'))
  core = await createCore({ home })
  rows = []
  const agent = await core.agents.create({ name: 'Ada' })
  await core.people.add({
    channelType: 'memory',
    channelInstance: '',
    handle: 'ann',
    role: { role: 'member' },
  })
  const place = { channelType: 'memory', channelInstance: '', platformId: 'room' }
  const chat = await core.chats.create({ ...place, name: 'room' })
  await core.wirings.create({ agentGroupId: agent.id, messagingGroupId: chat.id })
})

afterEach(async () => {
  await core.close()
  await rm(home, { recursive: true, force: true })
})

const bare: MessageEvent = {
  type: 'message',
  instance: '',
  chatId: 'room',
  threadId: null,
  chatKind: 'group',
  addressed: 'direct',
  sender: { id: 'ann', name: 'Ann', isBot: false, isSelf: false },
  platformMessageId: 'm1',
  sentAt: '2026-01-31T12:00:00.000Z',
  text: '',
  attachments: [],
}

/** Hands a message over, as an adapter does; the rows are appended to a real mailbox. */
function handOver(values: Partial<MessageEvent>, contentBytes = longestContent) {
  const { route } = createRouter({ core, limits: { contentBytes } })
  return route(createMemoryAdapter(), { ...bare, ...values }, async (session, appended) => {
    rows.push(...(appended as typeof rows))
    const mailbox = await core.mailboxes.open(session.agentGroupId, session.id)
    return mailbox.append(appended).finally(() => mailbox.close())
  })
}

async function inboxFolder(): Promise<string> {
  const [session] = await core.sessions.list({})
  if (session === undefined) throw new Error('expected a session')
  return join(core.layout.session(session.agentGroupId, session.id).inbound, 'inbox')
}

/** A text that makes the row's content so many bytes, not characters, long. */
function textOf(bytes: number): string {
  const overhead = Buffer.byteLength(JSON.stringify({ sender: 'Ann', senderId: 'ann', text: '' }))
  return `${'ü'.repeat(1_000)}${'x'.repeat(bytes - overhead - 2_000)}`
}

describe('a text that comes in', () => {
  it.each([longestContent - 1, longestContent])('of %i bytes as a row is one', async (bytes) => {
    const text = textOf(bytes)
    expect(await handOver({ text })).toEqual({ outcome: 'accepted' })
    expect(Buffer.byteLength(JSON.stringify(rows[0]?.content))).toBe(bytes)
    expect(rows[0]?.content.text === text).toBe(true)
    expect(rows[0]?.content.attachments).toBeUndefined()
  })

  it('of a byte more is kept whole as a file, of which the agent has the beginning', async () => {
    const text = textOf(longestContent + 1)
    expect(await handOver({ text })).toEqual({ outcome: 'accepted' })
    const [row] = rows
    const localPath = `${row?.id}/message.txt`
    const size = Buffer.byteLength(text)
    expect(row?.content.attachments).toEqual([
      { type: 'file', name: 'message.txt', mime: 'text/plain', size, localPath },
    ])
    expect(row?.content.text.startsWith(text.slice(0, 2_000))).toBe(true)
    expect(row?.content.text).toContain(
      `…\n[This is the beginning of ${size} bytes; all of it is in message.txt.]`,
    )
    expect((await readFile(join(await inboxFolder(), localPath), 'utf8')) === text).toBe(true)

    expect(await handOver({ text })).toEqual({ outcome: 'duplicate' })
    expect(await readdir(await inboxFolder())).toEqual([row?.id])
  })

  it('is cut between characters, and so is what it replies to', async () => {
    const text = '🎉'.repeat(1_000)
    const replyTo = { platformMessageId: 'm0', text: '🎈'.repeat(1_000) }
    expect(await handOver({ text, replyTo }, 1_024)).toEqual({ outcome: 'accepted' })
    const content = rows[0]?.content
    expect(content?.text.split('…')[0]).toBe('🎉'.repeat(32))
    expect(content?.replyTo?.text.split('…')[0]).toBe('🎈'.repeat(32))
    expect(content?.attachments?.map(({ name }) => name)).toEqual(['message.txt', 'reply-to.txt'])
    const inbox = join(await inboxFolder(), rows[0]?.id ?? '')
    expect(await readFile(join(inbox, 'reply-to.txt'), 'utf8')).toBe(replyTo.text)
  })

  it('is refused, with the reason, where something else of it is too long', async () => {
    const sender = { ...bare.sender, name: 'n'.repeat(2_000) }
    expect(await handOver({ text: 'hi', sender }, 1_024)).toEqual({
      outcome: 'rejected',
      reason:
        'without its text it has more than 1024 bytes: what it says of its files and sender is too long',
    })
    expect(rows).toEqual([])
  })
})
