import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { meaningOfDeliveryError, type AdapterContext } from '@nanoclaw/adapters'
import { createTestContext } from '@nanoclaw/adapters/testing'
import { adapter } from '../src/index.ts'
import { createParrotApi } from '../src/parrot-api.ts'
import { toDeliveryError } from '../src/to-delivery-error.ts'
import { startParrot } from './parrot/server.ts'

const signal = new AbortController().signal

test('the options have an address by default, and need a token', async () => {
  const { validate } = adapter.options['~standard']
  assert.deepEqual(await validate({ token: 't' }), {
    value: { url: 'http://127.0.0.1:4420', token: 't' },
  })
  const paths = async (options: unknown) =>
    (await validate(options)).issues?.map(({ path }) => path?.join('.'))
  assert.deepEqual(await paths({}), ['token'])
  assert.deepEqual(await paths({ token: '', url: 'ftp://a' }), ['url', 'token'])
  assert.deepEqual(await paths({ token: 't', tokn: 't' }), [''])
})

test('the definition makes an adapter of the instance that is asked for', () => {
  const options = { url: 'http://127.0.0.1:4420', token: 't' }
  const made = adapter.create(options, { instance: 'second' })
  assert.deepEqual([made.channelType, made.instance], [adapter.channelType, 'second'])
})

test('a message that is shown although Parrot answers 500 is not taken for one that is not', async (t) => {
  const server = await startParrot()
  t.after(() => server[Symbol.asyncDispose]())
  server.world.faults.push('broken-after')
  const api = createParrotApi({ url: `${server.url}/`, token: server.world.token ?? '' }, fetch)
  const message = { chatId: 'a room/№1', threadId: null, text: 'hello', key: 'k' }
  await assert.rejects(api.send(message, signal), (error) => {
    assert.equal(meaningOfDeliveryError(toDeliveryError(error)), 'unknown')
    return true
  })
  // The same key again shows nothing new.
  const id = await api.send(message, signal)
  assert.deepEqual(
    server.world.posts.map((post) => [post.id, post.chat, post.text]),
    [[id, 'a room/№1', 'hello']],
  )
})

test('a wait may be asked for in seconds or as a date', async () => {
  const asked = async (retryAfter: string): Promise<unknown> => {
    const headers = { 'retry-after': retryAfter }
    const limited: typeof fetch = async () => Response.json({}, { status: 429, headers })
    const api = createParrotApi({ url: 'http://parrot', token: 't' }, limited)
    return await api
      .whoAmI(signal)
      .catch((error: unknown) => Reflect.get(Object(error), 'retryAfterMs'))
  }
  assert.equal(await asked('7'), 7_000)
  assert.equal(await asked('soon'), undefined)
  for (const nothing of ['0', '', ' ', new Date(0).toUTCString()]) {
    assert.equal(await asked(nothing), undefined)
  }
})

test('a message that cannot be read is logged, and what comes behind it is handed over', async (t) => {
  const { world, host } = await started(t)
  world.sayUnforeseen('a secret')
  world.say({ chat: 'lobby', text: 'hello' })
  const event = await host.waitForEvent(1, t.signal)
  assert.equal(event.type === 'message' && event.text, 'hello')
  const [line] = host.log
  assert.deepEqual(line?.details, { seq: 1, fields: ['chat.kind', 'from', 'message'] })
})

test('what cannot be remembered is no fault of Parrot’s', async (t) => {
  const { adapter, host, world } = await started(t, async () => {
    throw new Error('the disk is full')
  })
  world.say({ chat: 'lobby', text: 'hello' })
  await host.waitForEvent(2, t.signal)
  assert.equal(adapter.health().state, 'connected')
  assert.equal(host.log.at(-1)?.message, 'The host cannot keep what was received.')
})

/** An adapter that runs, and its Parrot. */
async function started(t: TestContext, set?: AdapterContext['state']['set']) {
  const { url, world, close } = await startParrot()
  const host = createTestContext()
  const made = adapter.create({ url, token: world.token ?? '' }, { instance: '' })
  const state = { ...host.ctx.state, ...(set && { set }) }
  await made.start({ ...host.ctx, state })
  t.after(async () => {
    await made.stop()
    await close()
  })
  return { adapter: made, host, world }
}
