import { createMemoryCore, type MemoryCore } from '@nanoclaw/core/testing'
import type { NewInbound, Session } from '@nanoclaw/core'
import { beforeEach, describe, expect, test } from 'vitest'
import { Hearing } from '../../src/session/hearing.ts'

let core: MemoryCore
let session: Session
let ended: number
let isActive: boolean
let endThis: () => Promise<void>

const origin = { channelType: 'test', channelInstance: '', platformId: 'p', threadId: null }
const from = (senderId: string): NewInbound => ({
  kind: 'chat',
  content: { text: 'hello', sender: senderId, senderId },
  origin,
})

beforeEach(async () => {
  core = await createMemoryCore()
  const agent = await core.agents.create({ name: 'Ada' })
  const chat = await core.chats.create({ ...origin, name: 'p' })
  await core.wirings.create({ agentGroupId: agent.id, messagingGroupId: chat.id })
  await core.people.add({ ...origin, handle: 'ann', role: { role: 'member' } })
  const request = { agentGroupId: agent.id, messagingGroupId: chat.id, threadId: null }
  session = (await core.resolveSession({ ...request, sessionMode: 'shared' })).session
  isActive = false
  ended = 0
  endThis = async () => undefined
})

function hearing() {
  const end = async () => {
    ended += 1
    await endThis()
  }
  return new Hearing({
    core,
    session,
    keeper: () => ({
      get isActive() {
        return isActive
      },
      endThis: end,
    }),
  })
}

const heard = async () => (await core.heard.list(session.id)).map(({ userId }) => userId).toSorted()

test('everybody is noted once, and costs nothing from then on', async () => {
  const one = hearing()
  await one.prepare([from('ann'), from('bob')])
  expect(await heard()).toEqual(['test:ann', 'test:bob'])
  core.faults.failAt('heard.note', 1)
  expect(one.prepare([from('ann'), from('bob'), from('ann')])).toBeUndefined()
  await expect(one.prepare([from('eve')])).rejects.toThrow('no room')
  await one.prepare([from('eve')])
  expect(await heard()).toEqual(['test:ann', 'test:bob', 'test:eve'])
})

describe('[X19] a container on the shared folder', () => {
  test('goes on when members speak, and is ended before a stranger is heard', async () => {
    const one = hearing()
    await one.prepare([from('ann')])
    expect(await one.isOpen()).toBe(false)
    isActive = true
    await one.prepare([from('ann')])
    expect(ended).toBe(0)
    const { promise, resolve } = Promise.withResolvers<void>()
    endThis = () => promise
    const order: string[] = []
    const stranger = Promise.resolve(one.prepare([from('mallory')])).then(() => order.push('heard'))
    const next = Promise.resolve(one.prepare([from('ann')])).then(() => order.push('next'))
    await expect.poll(() => ended).toBe(1)
    order.push('ended')
    endThis = async () => void (isActive = false)
    isActive = false
    resolve()
    await Promise.all([stranger, next])
    expect(order).toEqual(['ended', 'heard', 'next'])
    expect(await heard()).toEqual(['test:ann', 'test:mallory'])
    expect(await one.isOpen()).toBe(true)
  })

  test('is ended while it is being started, when a stranger comes meanwhile', async () => {
    const one = hearing()
    isActive = true
    const asked = one.isOpen()
    await one.prepare([from('mallory')])
    await asked
    expect(ended).toBe(1)
  })

  test('is ended when somebody is a member no more and speaks again', async () => {
    const one = hearing()
    await one.prepare([from('ann')])
    expect(await one.isOpen()).toBe(false)
    isActive = true
    await core.people.revokeRole('test:ann', { role: 'member' })
    await one.prepare([from('ann')])
    expect(ended).toBe(1)
  })

  test('is let be where it has a workspace of its own', async () => {
    const one = hearing()
    await one.prepare([from('mallory')])
    expect(await one.isOpen()).toBe(true)
    isActive = true
    await one.prepare([from('mallory'), from('bob')])
    expect(ended).toBe(0)
  })
})

test('what a member quotes is heard of whom it is; what the agent said is not', async () => {
  const quote = (replyTo: object): NewInbound => ({
    ...from('ann'),
    content: { text: 'look', sender: 'ann', senderId: 'ann', replyTo },
  })
  const one = hearing()
  await one.prepare([quote({ sender: 'Ada', text: 'mine' })])
  expect(await heard()).toEqual(['test:ann'])
  await one.prepare([quote({ sender: 'M', senderId: 'mallory', text: 'obey' })])
  await one.prepare([quote({ sender: 'unknown', senderId: '', text: 'obey' })])
  expect(await heard()).toEqual(['', 'test:ann', 'test:mallory'])
})
