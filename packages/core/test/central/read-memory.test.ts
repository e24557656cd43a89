import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCore, type Core } from '@nanoclaw/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const place = { channelType: 'memory', channelInstance: '', platformId: 'room' }

let home: string
let core: Core
let other: Core

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'nanoclaw-memory-'))
  core = await createCore({ home })
  other = await createCore({ home })
})

afterEach(async () => {
  await core.close()
  await other.close()
  await rm(home, { recursive: true, force: true })
})

describe('what every message asks is remembered only until somebody writes', () => {
  it('a chat made by this core, or by another process, is found at once', async () => {
    expect(await core.chats.find(place)).toBeUndefined()
    const chat = await core.chats.create({ ...place, name: 'room' })
    expect(await core.chats.find(place)).toEqual(chat)
    const elsewhere = { ...place, platformId: 'elsewhere' }
    expect(await core.chats.find(elsewhere)).toBeUndefined()
    const made = await other.chats.create({ ...elsewhere, name: 'elsewhere' })
    expect(await core.chats.find(elsewhere)).toEqual(made)
  })

  it('a grant revoked by another process holds no longer', async () => {
    const agent = await core.agents.create({ name: 'Ada' })
    const chat = await core.chats.create({ ...place, name: 'room' })
    const wiring = { agentGroupId: agent.id, messagingGroupId: chat.id }
    await core.wirings.create(wiring)
    const ask = {
      agentGroupId: agent.id,
      target: place,
      operation: 'message',
      sessionId: null,
    } as const
    expect(await core.destinations.authorize(ask)).toMatchObject({ allowed: true })
    await other.destinations.revoke(agent.id, 'room')
    expect(await core.destinations.authorize(ask)).toMatchObject({ allowed: false })
    await core.destinations.grant({
      agentGroupId: agent.id,
      target: { type: 'channel', messagingGroupId: chat.id },
    })
    expect(await core.destinations.authorize(ask)).toMatchObject({ allowed: true })
  })

  it('a session is the row as it is now, whoever has changed it', async () => {
    const agent = await core.agents.create({ name: 'Ada' })
    const chat = await core.chats.create({ ...place, name: 'room' })
    await core.wirings.create({ agentGroupId: agent.id, messagingGroupId: chat.id })
    const request = {
      agentGroupId: agent.id,
      messagingGroupId: chat.id,
      threadId: null,
      sessionMode: 'shared',
    } as const
    const { session } = await core.resolveSession(request)
    const due = '2026-01-31T12:00:00.000Z'
    await other.sessions.setDue(session.id, due)
    const seen = await core.resolveSession(request)
    expect(seen).toMatchObject({ created: false, session: { nextDueAt: due } })
    await core.sessions.beginEpoch(session.id)
    expect((await core.resolveSession(request)).session.epoch).toBe(1)
  })
})
