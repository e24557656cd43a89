import { createCore } from '@nanoclaw/core'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { attachClient } from './support/control-client.ts'
import { eventually, temporaryHome, type TestHome } from './support/daemon.ts'
import { centralRows, sessionCount, sessionRows } from './support/home-files.ts'

const plain = { env: { NANOCLAW_DRIVER: 'process' } }

let home: TestHome

beforeEach(async () => {
  home = await temporaryHome()
})

afterEach(() => home.remove())

it('[L2] a destination revoked while a row waits: refused, not delivered, and told', async () => {
  const daemon = home.start(['start', '--headless'], plain)
  const client = await attachClient(home.home)
  client.say('!sleep 300')
  client.say('too late')
  await expect.poll(() => client.taken).toHaveLength(2)
  client.close()
  const waiting = "SELECT count(*) FROM delivered WHERE status IN ('queued', 'retrying')"
  await eventually(
    'two answers wait',
    () => sessionCount(home.home, 'inbound', waiting) === 2 || undefined,
  )
  daemon.signal('SIGTERM')
  await daemon.ended

  const core = await createCore({ home: home.home })
  const [agent] = await core.agents.list()
  await core.destinations.revoke(agent?.id ?? '', 'terminal')
  await core.close()

  expect(await home.run(['start'], '', plain)).toMatchObject({ code: 0, stdout: '' })
  const ends = sessionRows(home.home, 'inbound', 'SELECT status, error FROM delivered')
  expect(ends.map(({ status }) => status)).toEqual(['refused', 'refused'])
  for (const { error } of ends) expect(String(error)).not.toBe('')
  const told = sessionRows(
    home.home,
    'inbound',
    "SELECT content FROM messages_in WHERE kind = 'system' ORDER BY seq",
  )
  expect(told.map(({ content }): unknown => JSON.parse(String(content)))).toEqual([
    expect.objectContaining({ type: 'delivery_refused', reason: expect.any(String) }),
    expect.objectContaining({ type: 'delivery_refused', reason: expect.any(String) }),
  ])
  expect(centralRows(home.home, 'SELECT id FROM incidents').length).toBeGreaterThan(0)
})
