import type { Mailbox } from '@nanoclaw/core'
import type { Container, SessionDriver } from '@nanoclaw/host'

/** The moments that one message passes, in their order. */
export const moments = [
  'handed over',
  'append asked for',
  'appended',
  'rung',
  'rung back',
  'take asked for',
  'taken',
  'at the adapter',
  'settle asked for',
  'delivered',
] as const

/** One of {@link moments}. */
export type Moment = (typeof moments)[number]

/** What lies between a moment and the one before it. */
const hopNames: Readonly<Record<Exclude<Moment, 'handed over'>, string>> = {
  'append asked for': 'router',
  appended: 'commit of the row',
  rung: 'ring goes out',
  'rung back': 'runner, two commits',
  'take asked for': 'reader',
  taken: 'commit of "sending"',
  'at the adapter': 'to the adapter',
  'settle asked for': 'adapter',
  delivered: 'commit of "delivered"',
}

/** Told of each moment of the session that is watched. */
export type Mark = (moment: Moment, sessionId: string) => void

/** Tells of the mailbox's share; changes nothing. */
export function watchMailbox(mailbox: Mailbox, mark: Mark): Mailbox {
  const { sessionId } = mailbox
  return {
    ...mailbox,
    append: async (...args) => {
      mark('append asked for', sessionId)
      const appended = await mailbox.append(...args)
      mark('appended', sessionId)
      return appended
    },
    take: async (...args) => {
      if (args[0].length > 0) mark('take asked for', sessionId)
      const taken = await mailbox.take(...args)
      if (args[0].length > 0) mark('taken', sessionId)
      return taken
    },
    settle: async (...args) => {
      mark('settle asked for', sessionId)
      const delivery = await mailbox.settle(...args)
      if (delivery.status === 'delivered') mark('delivered', sessionId)
      return delivery
    },
  }
}

function watchContainer(container: Container, mark: Mark): Container {
  const { sessionId, epoch, pid, exited } = container
  return {
    ...{ sessionId, epoch, pid, exited },
    ring: () => {
      mark('rung', sessionId)
      container.ring()
    },
    onRing: (listener) =>
      container.onRing(() => {
        mark('rung back', sessionId)
        listener()
      }),
    stop: (graceMs) => container.stop(graceMs),
    kill: () => container.kill(),
  }
}

/** Tells of the driver's share; changes nothing. */
export function watchDriver(driver: SessionDriver, mark: Mark): SessionDriver {
  const { name, capabilities } = driver
  return {
    ...{ name, capabilities },
    probe: (signal) => driver.probe(signal),
    list: (signal) => driver.list(signal),
    end: (info, signal) => driver.end(info, signal),
    stop: () => driver.stop(),
    start: async (spec, signal) => watchContainer(await driver.start(spec, signal), mark),
  }
}

/** Milliseconds of each hop of many messages, by the names of the hops. */
export interface HopTimes {
  /** A message begins. */
  begin(): void
  readonly mark: (moment: Moment) => void
  /** The message has ended: its hops count. */
  end(): void
  readonly times: ReadonlyMap<string, readonly number[]>
}

/** Of a moment that comes more than once the first counts that follows the one before it. */
export function collectHops(): HopTimes {
  const times = new Map<string, number[]>()
  let at: { moment: Moment; ms: number }[] = []
  return {
    times,
    begin: () => {
      at = [{ moment: 'handed over', ms: performance.now() }]
    },
    mark: (moment) => {
      if (moments[at.length] === moment) at.push({ moment, ms: performance.now() })
    },
    end: () => {
      for (const [index, { moment, ms }] of at.entries()) {
        if (moment === 'handed over') continue
        const before = at[index - 1]
        const name = hopNames[moment]
        const list = times.get(name) ?? []
        times.set(name, list)
        if (before !== undefined) list.push(ms - before.ms)
      }
    },
  }
}
