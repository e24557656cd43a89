import { afterEach, describe, expect, it } from 'vitest'
import type { SendFault } from './platform/faults.ts'
import { startPlatform, type Platform } from './platform/server.ts'
import { World, type Memory, type Room } from './platform/world.ts'

let platform: Platform | undefined

afterEach(() => platform?.close())

async function open(memory: Memory): Promise<{ platform: Platform; world: World; room: Room }> {
  const world = new World(memory)
  const room = world.addRoom('talk')
  platform = await startPlatform(world)
  return { platform, world, room }
}

async function request(it: Platform, method: string, path: string, body?: object) {
  const headers = { authorization: `Bearer ${it.token}` }
  const init = { method, headers, ...(body && { body: JSON.stringify(body) }) }
  return await fetch(`${it.url}/v1/${path}`, init)
}

const post = (it: Platform, room: Room, text: string, nonce: string) =>
  request(it, 'POST', `rooms/${room.id}/messages`, { text, nonce })

describe('the platform of the torture', () => {
  it('shows what is sent under a known key once inside its window, and again after it', async () => {
    const { world, room } = await open({ windowMs: 200, lookUp: false })
    const first = world.send(room.id, 'hello', 'key')
    expect(world.send(room.id, 'hello', 'key')).toBe(first)
    await expect.poll(() => world.send(room.id, 'hello', 'key')).not.toBe(first)
    expect(world.posts).toHaveLength(2)
  })

  it('without a window shows every send', async () => {
    const { platform: it, world, room } = await open({ windowMs: undefined, lookUp: false })
    await post(it, room, 'hello', 'key')
    await post(it, room, 'hello', 'key')
    expect(world.posts.map(({ text, key }) => [text, key])).toEqual([
      ['hello', 'key'],
      ['hello', 'key'],
    ])
  })

  it('repeats what was not confirmed, and nothing once all is', async () => {
    const { platform: it, world, room } = await open({ windowMs: undefined, lookUp: false })
    for (const text of ['one', 'two', 'three']) world.say(room, text)
    const updates = async (): Promise<readonly number[]> => {
      const answer = await (await request(it, 'GET', 'updates?wait=0')).text()
      const { updates: found } = JSON.parse(answer) as { updates: { offset: number }[] }
      return found.map(({ offset }) => offset)
    }
    expect(await updates()).toEqual([1, 2, 3])
    await request(it, 'POST', 'updates/confirm', { offset: 2 })
    expect(await updates()).toEqual([2, 3])
    await request(it, 'POST', 'updates/confirm', { offset: 3 })
    expect(await updates()).toEqual([])
  })

  it('says what was sent under a key where it can be asked', async () => {
    for (const lookUp of [true, false]) {
      const { platform: it, world, room } = await open({ windowMs: undefined, lookUp })
      world.send(room.id, 'hello', 'key')
      expect((await request(it, 'GET', 'sends/key')).status).toBe(lookUp ? 200 : 404)
      expect((await request(it, 'GET', 'sends/other')).status).toBe(404)
      await it.close()
    }
  })

  it.each<readonly [SendFault, number | string, number]>([
    [{ type: 'none' }, 200, 1],
    [{ type: 'slow', ms: 1 }, 200, 1],
    [{ type: 'late', ms: 1 }, 200, 1],
    [{ type: 'slow-down', seconds: 1 }, 429, 0],
    [{ type: 'trouble' }, 503, 0],
    [{ type: 'reset-before' }, 'broken', 0],
    [{ type: 'reset-after' }, 'broken', 1],
    [{ type: 'silent' }, 'waiting', 1],
    [{ type: 'hold', taken: true }, 'waiting', 1],
    [{ type: 'hold', taken: false }, 'waiting', 0],
  ])('when told %o answers %s and shows %d', async (fault, answer, shown) => {
    const { platform: it, world, room } = await open({ windowMs: undefined, lookUp: false })
    it.setFaults(() => fault)
    const sent = post(it, room, 'hello', 'key').then(
      ({ status }) => status,
      () => 'broken',
    )
    if (answer === 'waiting') await expect.poll(() => it.sends.length).toBe(1)
    else expect(await sent).toBe(answer)
    expect(world.posts).toHaveLength(shown)
  })

  it('takes a send that comes late though nobody waits for the answer any more', async () => {
    const { platform: it, world, room } = await open({ windowMs: undefined, lookUp: false })
    it.setFaults(() => ({ type: 'slow', ms: 100 }))
    const gone = new AbortController()
    const init = { headers: { authorization: `Bearer ${it.token}` }, signal: gone.signal }
    const body = JSON.stringify({ text: 'hello', nonce: 'key' })
    const sent = fetch(`${it.url}/v1/rooms/${room.id}/messages`, { ...init, method: 'POST', body })
    await expect.poll(() => it.sends.length).toBe(1)
    gone.abort()
    await expect(sent).rejects.toThrow()
    await expect.poll(() => world.posts.length).toBe(1)
  })
})
