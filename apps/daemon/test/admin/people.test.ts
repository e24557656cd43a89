import { describe, expect, it } from 'vitest'
import { testDesk, type TestDesk } from './desk.ts'

async function furnished(): Promise<TestDesk> {
  const desk = await testDesk()
  await desk.does('agents create', { name: 'Ada' })
  return desk
}

const user = 'telegram:4711'

describe('users', () => {
  it('are made known with a role, and get more of them', async () => {
    const { does, says } = await furnished()
    const added = { user, name: 'Ann', role: 'member', agent: 'ada' }
    expect(await says('users add', added)).toBe('Ann (telegram:4711): member of Ada')
    expect(await says('users grant', { user, role: 'admin' })).toMatch(/admin/)
    expect(await says('users revoke', { user: 'Ann', role: 'member', agent: 'ada' })).toBe(
      'Ann (telegram:4711): admin',
    )
    await does('users add', { user: 'slack/second:U1', sameAs: user })
    expect(await does('users list')).toMatchObject({
      people: [
        {
          name: 'Ann',
          users: [{ id: user }, { id: 'slack/second:U1' }],
          roles: [{ role: 'admin' }],
        },
      ],
    })
    expect(await says('users list')).toMatch(
      /\ntelegram:4711 +Ann +admin\nslack\/second:U1 +Ann +ad/,
    )
  })

  it('are removed when somebody has agreed to it', async () => {
    const { asks, core, does } = await furnished()
    await does('users add', { user, name: 'Ann', role: 'admin' })
    expect(await asks('users remove', { user })).toBe(
      'telegram:4711 is known no more, nor Ann, with all roles.',
    )
    expect(await core.people.list()).toHaveLength(1)
    await does('users remove', { user })
    expect(await core.people.list()).toEqual([])
  })

  it('who are not known are answered with how they become so', async () => {
    const { does } = await furnished()
    await expect(does('users grant', { user, role: 'admin' })).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('make one: nanoclaw users add telegram:4711'),
    })
    await expect(does('users add', { user: 'ann' })).rejects.toMatchObject({ code: 'bad-option' })
    const roleless = does('users add', { user, agent: 'ada' })
    await expect(roleless).rejects.toMatchObject({ code: 'bad-option' })
    const king = does('users add', { user, role: 'king' })
    await expect(king).rejects.toMatchObject({ code: 'usage' })
    await does('users add', { user })
    await expect(
      does('users grant', { user: 'telegram:471', role: 'admin' }),
    ).rejects.toMatchObject({
      message: expect.stringContaining('did you mean telegram:4711?'),
    })
  })
})

describe('chats', () => {
  it('say whose messages are heard', async () => {
    const { does, says } = await furnished()
    await does('chats add', { place: 'far:1', name: 'Family', unknownSenders: 'public' })
    const change = { chat: 'family', unknownSenders: 'request_approval', name: 'Home' }
    expect(await does('chats set', change)).toMatchObject({
      chat: { name: 'Home', unknownSenders: 'request_approval' },
    })
    expect(await says('chats list')).toMatch(/\nHome +far:1 +request_approval /)
    await expect(does('chats set', { chat: 'home' })).rejects.toMatchObject({ code: 'usage' })
  })
})

describe('wirings', () => {
  it('are changed by wiring again, and refused where nothing would change', async () => {
    const { does, says } = await furnished()
    await does('chats add', { place: 'far:1', name: 'Family' })
    const pair = { agent: 'ada', chat: 'family' }
    await does('wire', { ...pair, localName: 'home' })
    const pattern = { engage: 'pattern', pattern: '(?i)^ada', ignored: 'accumulate' }
    expect(await says('wire', { ...pair, ...pattern })).toBe(
      'Ada listens to Family (pattern), and calls it home.',
    )
    expect(await does('wirings')).toMatchObject({
      wirings: [{ engagePattern: '(?i)^ada', ignored: 'accumulate' }],
    })
    await expect(does('wire', pair)).rejects.toMatchObject({ code: 'taken' })
    const backReference = does('wire', { ...pair, engage: 'pattern', pattern: String.raw`(a)\1` })
    await expect(backReference).rejects.toMatchObject({ code: 'bad-option' })
  })
})
