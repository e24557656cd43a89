import { TerminalDeliveryError } from '@nanoclaw/adapters'
import { describe, expect, it } from 'vitest'
import { rowsInSession } from './support/session-files.ts'
import { useTestHosts, type TestHost } from './support/test-host.ts'

const { start } = useTestHosts()

const ledger = 'SELECT message_out_id AS id, status FROM delivered ORDER BY seq'

async function fail(host: TestHost): Promise<string> {
  host.memory.failNext(new TerminalDeliveryError('the bot was removed'))
  await host.memory.receive({ chatId: 'room', text: 'hello' })
  await host.host.whenQuiet(host.chat.id)
  const [row] = await rowsInSession(host, 'inbound', ledger)
  return String(row?.id)
}

describe('a message that failed', () => {
  it('is sent again when the operator wants it, and its incident is over', async () => {
    const host = await start()
    const id = await fail(host)
    expect(await host.host.requeue(id)).toMatchObject({
      direction: 'out',
      delivery: { id, status: 'queued', attempts: 0, error: null },
    })
    await host.host.whenQuiet(host.chat.id)
    expect(host.memory.delivered.map(({ text }) => text)).toEqual(['echo: hello'])
    expect(await rowsInSession(host, 'inbound', ledger)).toEqual([{ id, status: 'delivered' }])
    expect(await host.core.incidents.list({ open: true })).toEqual([])
  })

  it('is sent by the next host when this one ends first', async () => {
    const before = await start()
    const id = await fail(before)
    before.memory.setHealth('down', 'the line is cut')
    await before.host.requeue(id)
    await before.stop()
    const after = await start()
    await after.host.whenQuiet(after.chat.id)
    expect(after.memory.delivered.map(({ text }) => text)).toEqual(['echo: hello'])
  })
})

it('what has arrived is not sent again, and what nobody knows is not found', async () => {
  const host = await start()
  await host.memory.receive({ chatId: 'room', text: 'hello' })
  await host.host.whenQuiet(host.chat.id)
  const [row] = await rowsInSession(host, 'inbound', ledger)
  await expect(host.host.requeue(String(row?.id))).rejects.toMatchObject({ code: 'bad-state' })
  await expect(host.host.requeue('out-nothing')).rejects.toMatchObject({ code: 'not-found' })
  await expect(host.host.settle('out-nothing', 'failed')).rejects.toMatchObject({
    code: 'not-found',
  })
})
