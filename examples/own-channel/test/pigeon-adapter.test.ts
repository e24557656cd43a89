import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { isUnknownOutcomeError } from '@nanoclaw/adapters'
import { createTestContext } from '@nanoclaw/adapters/testing'
import { startPigeon } from '../pigeon/server.ts'
import { adapter as definition } from '../src/index.ts'
import { toDeliveryError } from '../src/to-delivery-error.ts'
import { PigeonRefusal } from '../src/pigeon-api.ts'

const ann = { id: 'u-Ann', name: 'Ann', bot: false }

/** A Pigeon with one room, and an adapter that is not started. */
async function create(t: TestContext) {
  const pigeon = await startPigeon()
  const { world, token } = pigeon
  const room = world.addRoom('kitchen', 'group')
  const adapter = definition.create({ url: `${pigeon.url}/`, token }, { instance: '' })
  t.after(async () => {
    await adapter.stop()
    await pigeon.close()
  })
  return { world, room, adapter }
}

/** The same, started. */
async function setUp(t: TestContext) {
  const { world, room, adapter } = await create(t)
  const host = createTestContext()
  await adapter.start(host.ctx)
  return { world, room, adapter, host }
}

test('a reaction to a message that calls the bot by name does not speak to it', async (t) => {
  const { world, room, host } = await setUp(t)
  world.react(world.write(room.id, { text: 'hello, @Bot' }).message.id, '👍', ann)
  assert.equal((await host.waitForEvent(2)).addressed, 'none')
})

test('a change that calls the bot by name speaks to it, and says when it was made', async (t) => {
  const { world, room, host } = await setUp(t)
  const { id } = world.write(room.id, { text: 'hello' }).message
  world.skewMs = 3_600_000
  const { at } = world.rewrite(id, 'hello, @Bot')
  const { addressed, sentAt } = await host.waitForEvent(2)
  assert.deepEqual({ addressed, sentAt }, { addressed: 'mention', sentAt: at })
})

test('a name that two rooms have is the name of neither', async (t) => {
  const { world, room, adapter } = await setUp(t)
  assert.equal(await adapter.resolve?.('kitchen'), room.id)
  world.addRoom('kitchen', 'group')
  assert.equal(await adapter.resolve?.('kitchen'), undefined)
})

test('a Pigeon that counts anew is not listened to in vain: the channel is down', async (t) => {
  const { world, room, adapter } = await create(t)
  world.write(room.id, { text: 'hello' })
  const { ctx, events } = createTestContext({ state: [['offset', '7']] })
  await new Promise<void>((resolve, reject) => {
    adapter.start({ ...ctx, healthChanged: resolve }).catch(reject)
  })
  const { state, why } = adapter.health()
  assert.equal(state, 'down')
  assert.match(String(why), /begun anew/)
  assert.deepEqual(events, [])
})

test('while nothing can be confirmed the health does not go up and down', async (t) => {
  const { world, room, adapter } = await create(t)
  world.write(room.id, { text: 'hello' })
  let tries = 0
  const third = Promise.withResolvers<void>()
  const host = createTestContext({
    async fetch(input, init) {
      if (!String(input).endsWith('/confirm')) return await fetch(input, init)
      tries += 1
      if (tries === 3) third.resolve()
      return Response.json({ error: 'trouble' }, { status: 500 })
    },
  })
  await adapter.start(host.ctx)
  await third.promise
  assert.equal(adapter.health().state, 'down')
  assert.equal(host.healthChanges, 2)
  assert.equal(host.events.length, 1)
})

test('a 5xx that is not in Pigeon’s own words promises nothing', () => {
  assert.ok(isUnknownOutcomeError(toDeliveryError(new PigeonRefusal(502, undefined, undefined))))
})

test('options without a token are refused', async () => {
  const { issues } = await definition.options['~standard'].validate({ url: 'http://127.0.0.1' })
  assert.deepEqual(
    issues?.map(({ path }) => path),
    [['token']],
  )
})
