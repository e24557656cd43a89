import type { ChannelAdapter } from '@nanoclaw/adapters'
import type { Core, Mailbox, MailboxStore } from '@nanoclaw/core'
import { expect, it } from 'vitest'
import { answers } from './scenarios/answers.ts'
import { crashEverywhere, wrongOf } from './support/crash-everywhere.ts'
import type { Scenario } from './support/scenario.ts'

const [plain] = answers
if (plain === undefined) throw new Error('expected a scenario')

/** What is wrong with a scenario whose parts are broken. */
async function wrongWith(
  only: string,
  broken: Scenario['broken'],
  changes: Partial<Scenario> = {},
): Promise<string> {
  if (plain === undefined || broken === undefined) throw new Error('expected a broken scenario')
  const scenario = { ...plain, ...changes, broken }
  const worlds = await crashEverywhere({ scenario, journal: 'wal', only })
  return wrongOf(worlds).join('\n')
}

/** A core whose mailboxes are not what they should be. */
function withMailbox(core: Core, change: (mailbox: Mailbox) => Partial<Mailbox>): Core {
  const open: MailboxStore['open'] = async (...ids) => {
    const mailbox = await core.mailboxes.open(...ids)
    return { ...mailbox, ...change(mailbox) }
  }
  return { ...core, mailboxes: { ...core.mailboxes, open } }
}

it('finds a store that forgets `sending`: the answer is sent twice, and nothing says so', async () => {
  const forgetful = (core: Core): Core =>
    withMailbox(core, (mailbox) => ({
      take: async (rows, also) => {
        const queued = rows.map((row) =>
          row.status === 'sending' ? { ...row, status: 'queued' as const } : row,
        )
        const taken = await mailbox.take(queued, also)
        const deliveries = taken.deliveries.map((one, at) => ({
          ...one,
          status: rows[at]?.status ?? one.status,
        }))
        return { ...taken, deliveries }
      },
      settle: async (id, change, ...rest) => {
        const known = await mailbox.delivery(id)
        if (known === undefined) throw new Error('expected a row')
        if (change.status === 'sending') return { ...known, ...change } as typeof known
        if (known.status === 'queued') await mailbox.settle(id, { status: 'sending' })
        return mailbox.settle(id, change, ...rest)
      },
    }))
  const platform = { capabilities: { idempotency: 'none' as const } }
  expect(await wrongWith('adapter.deliver', { core: forgetful }, { platform })).toMatch(
    /more often than is marked/,
  )
})

it('finds a platform whose keys mean nothing', async () => {
  const keyless = (adapter: ChannelAdapter): ChannelAdapter => {
    let sends = 0
    return {
      ...bound(adapter),
      deliver: (origin, part, options) => {
        sends += 1
        return adapter.deliver(origin, part, { ...options, key: `${options.key}-${sends}` })
      },
    }
  }
  expect(await wrongWith('adapter.deliver', { adapter: keyless })).toMatch(/in no ledger/)
})

it('finds an adapter that confirms what the host has not kept', async () => {
  const hasty = (adapter: ChannelAdapter): ChannelAdapter => ({
    ...bound(adapter),
    start: (ctx) =>
      adapter.start({
        ...ctx,
        handOver: (event) => ctx.handOver(event).catch(() => ({ outcome: 'accepted' as const })),
      }),
  })
  expect(await wrongWith('mailbox.append', { adapter: hasty })).toMatch(/messages in the mailbox/)
})

function bound(adapter: ChannelAdapter): ChannelAdapter {
  const { channelType, instance, capabilities } = adapter
  return {
    channelType,
    instance,
    capabilities,
    start: (ctx) => adapter.start(ctx),
    stop: () => adapter.stop(),
    health: () => adapter.health(),
    deliver: (...args) => adapter.deliver(...args),
  }
}
