import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turnOfLoop } from 'node:timers/promises'
import {
  RetryableDeliveryError,
  type ChannelAdapter,
  type ChannelCapabilities,
  type ReconcileResult,
} from '@nanoclaw/adapters'
import { createMemoryAdapter } from '@nanoclaw/adapters/memory'
import {
  createCore,
  type Mailbox,
  type NewInbound,
  type NewReceipt,
  type OutboundRow,
} from '@nanoclaw/core'
import { systemClock, type Clock, type Place } from '@nanoclaw/schema'
import { onTestFinished } from 'vitest'
import { createChannels } from '../../src/channels/channels.ts'
import type { DeliveryDeps } from '../../src/delivery/delivery-deps.ts'
import { createPolicies } from '../../src/delivery/policies.ts'
import { SessionDeliveries } from '../../src/delivery/session-deliveries.ts'
import { createUnderWay, type UnderWay } from '../../src/delivery/under-way.ts'
import type { ActionWay } from '../../src/actions/action.ts'
import type { MailWay } from '../../src/mail/letter.ts'
import { createLoopBudget } from '../../src/loop-budget.ts'
import { defaultSettings, type HostSettings } from '../../src/settings.ts'

/** Where the tests send. */
export const room: Place = { channelType: 'test', channelInstance: '', platformId: 'room' }

/** What a platform does with a send; it may do it late. */
export type Answer = (text: string, key: string) => Promise<string> | string

export interface Platform {
  readonly adapter: ChannelAdapter
  /** Everything that the platform was asked to send, in order. */
  readonly asked: { readonly text: string; readonly key: string; readonly author: string }[]
  /** Keys that were looked up. */
  readonly lookedUp: string[]
  /** Why it is down; undefined: it is not. */
  setDown(why: string | undefined): void
}

/** A platform that does as it is told; without `answer` it takes everything. */
export function platform(options: {
  readonly textLength?: number
  /** Default `none`. */
  readonly idempotency?: ChannelCapabilities['idempotency']
  /** It answers `queued`, and reports later. Default false. */
  readonly queued?: boolean
  readonly answer?: Answer
  readonly reconcile?: (key: string) => Promise<ReconcileResult>
}): Platform {
  const { idempotency = 'none', queued = false } = options
  const { textLength = 4_000, answer = (_text, key) => `id of ${key}`, reconcile } = options
  const asked: { text: string; key: string; author: string }[] = []
  const health = { state: 'connected', since: '2026-01-31T12:00:00.000Z' } as const
  let down: string | undefined
  const lookedUp: string[] = []
  const { capabilities } = createMemoryAdapter({
    queued,
    capabilities: { textLength, idempotency },
  })
  const adapter: ChannelAdapter = {
    channelType: room.channelType,
    instance: room.channelInstance,
    capabilities,
    start: () => Promise.resolve(),
    stop: () => Promise.resolve(),
    health: () => (down === undefined ? health : { ...health, state: 'down', why: down }),
    deliver: async (_origin, part, { key, author }) => {
      const text = part.type === 'text' ? part.text : ''
      asked.push({ text, key, author: author.id })
      const platformMessageId = await answer(text, key)
      return queued ? { status: 'queued' } : { status: 'sent', platformMessageId }
    },
    ...(reconcile !== undefined && {
      reconcile: (key: string) => {
        lookedUp.push(key)
        return reconcile(key)
      },
    }),
  }
  return { adapter, asked, lookedUp, setDown: (why) => (down = why) }
}

/** The platform takes it. */
export const taken: Answer = (_text, key) => `id of ${key}`
/** It may have taken it; nobody can tell. */
export const lost: Answer = () => Promise.reject(new Error('the answer was lost'))
/** It has not taken it, for sure. */
export const refused: Answer = () => Promise.reject(new RetryableDeliveryError('not now'))

/** What the platform does with each send in turn; after the last it takes everything. */
export function inTurn(...answers: readonly Answer[]): Answer {
  const left = [...answers]
  return (text, key) => (left.shift() ?? taken)(text, key)
}

/** The machine's clock, that can be set. */
export interface SetClock extends Clock {
  offsetMs: number
}

export function setClock(): SetClock {
  const clock = { offsetMs: 0, now: () => Date.now() + clock.offsetMs }
  return clock
}

/** A row as the reader would return it. */
export function said(seq: number, values: Partial<OutboundRow> = {}): OutboundRow {
  return {
    id: `out-${String(seq).padStart(8, '0')}`,
    seq,
    kind: 'chat',
    inReplyTo: null,
    turnId: null,
    timestamp: '2026-01-31T12:00:00.000Z',
    deliverAfter: null,
    ...room,
    threadId: null,
    content: JSON.stringify({ text: `text ${seq}` }),
    ...values,
  }
}

/** A mailbox as one over a network: what is asked, done and known are turns of the loop apart. */
function distant(mailbox: Mailbox): Mailbox {
  return new Proxy(mailbox, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name)
      if (typeof member !== 'function') return member
      return async (...args: unknown[]) => {
        await turnOfLoop()
        const result: unknown = await Reflect.apply(member, target, args)
        await turnOfLoop()
        return result
      }
    },
  })
}

export interface Told {
  readonly kind: string
  readonly message: string
  /** Default: the session. */
  readonly subject?: string
}

export interface Workbench {
  /** The session's mailbox as it is. */
  readonly mailbox: Mailbox
  /** What the operator was told, by whichever process. */
  readonly troubles: Told[]
  /** Receipts that were noted. */
  readonly receipts: Map<string, NewReceipt>
  /** The deliveries of a process; `crash` ends it with nothing more written. */
  process(options?: ProcessOptions): Promise<Process>
}

export interface ProcessOptions {
  readonly adapters?: readonly ChannelAdapter[]
  /** Over the defaults, and a first pause of 1 ms. */
  readonly settings?: Partial<HostSettings>
  readonly isDistant?: boolean
  /** Laid over the mailbox; `accept` is the end of a drain. */
  readonly mailbox?: (mailbox: Mailbox, accept: SessionDeliveries['accept']) => Mailbox
  readonly authorize?: DeliveryDeps['authorize']
  /** Default: all of it arrives. */
  readonly mail?: Partial<MailWay>
  /** Default: nobody lets anything through. */
  readonly mayPass?: DeliveryDeps['mayPass']
  /** Default: all of it is done. */
  readonly actions?: ActionWay
  readonly clock?: Clock
  /** What the operator's list has from an earlier process. */
  readonly askedBefore?: readonly string[]
}

export interface Process {
  readonly deliveries: SessionDeliveries
  readonly underWay: UnderWay
  /** As a drain does: judged, copied into the ledger, sent. */
  take(...rows: readonly OutboundRow[]): Promise<readonly NewInbound[]>
  until(condition: () => boolean): Promise<void>
  stop(): Promise<void>
}

/** A real session with nothing in it. */
export async function workbench(): Promise<Workbench> {
  const home = await mkdtemp(join(tmpdir(), 'nanoclaw-delivery-'))
  const core = await createCore({ home })
  const agent = await core.agents.create({ name: 'Ada' })
  const chat = await core.chats.create({ ...room, name: 'room' })
  const { session } = await core.resolveSession({
    agentGroupId: agent.id,
    messagingGroupId: chat.id,
    threadId: null,
    sessionMode: 'shared',
  })
  const mailbox = await core.mailboxes.open(agent.id, session.id)
  const troubles: Told[] = []
  const receipts = new Map<string, NewReceipt>()
  const stops: (() => Promise<void>)[] = []
  onTestFinished(async () => {
    for (const stop of stops) await stop()
    await mailbox.close()
    await core.close()
    await rm(home, { recursive: true })
  })
  const process = async (options: ProcessOptions = {}): Promise<Process> => {
    const started = startProcess({ mailbox, troubles, receipts }, options)
    stops.push(() => started.stop())
    await started.deliveries.resume()
    return started
  }
  return { mailbox, troubles, receipts, process }
}

const nobody = (): void => undefined
const logger = { debug: nobody, info: nobody, warn: nobody, error: nobody }

function startProcess(
  kept: Pick<Workbench, 'mailbox' | 'troubles' | 'receipts'>,
  options: ProcessOptions,
): Process {
  const { mailbox: own, troubles, receipts } = kept
  const tell = async (told: Told): Promise<void> => void troubles.push(told)
  const settings = { ...defaultSettings(), retryBaseMs: 1, ...options.settings }
  const underWay = createUnderWay()
  const { adapters = [], isDistant = false, authorize } = options
  const laidOver = options.mailbox?.(own, (taken) => deliveries.accept(taken)) ?? own
  const mailbox = isDistant ? distant(laidOver) : laidOver
  const abort = new AbortController()
  let changed = Promise.withResolvers<void>()
  const deliveries: SessionDeliveries = new SessionDeliveries({
    mailbox,
    channels: createChannels(adapters, { logger }),
    author: { id: 'ada', name: 'Ada' },
    sessionId: own.sessionId,
    policyOf: createPolicies(settings),
    underWay,
    receipts: { note: async (key, receipt) => void receipts.set(key, receipt) },
    clock: options.clock ?? systemClock,
    logger,
    loop: createLoopBudget(),
    trace: {
      taken: nobody,
      called: (_operation, _delivery, _part, call) => call(),
      settled: nobody,
    },
    signal: abort.signal,
    random: () => 0.5,
    sleep: () => turnOfLoop(),
    authorize: authorize ?? (() => Promise.resolve({ allowed: true })),
    mail: { admit: () => undefined, post: async () => ({ outcome: 'delivered' }), ...options.mail },
    actions: { carryOut: async () => ({ outcome: 'done', result: '' }), ...options.actions },
    mayPass: options.mayPass ?? (async (_delivery, _meaning, reason) => reason),
    nameOf: ({ platformId }) => Promise.resolve(platformId),
    keyOf: (rowId, part) => `${rowId}/${part}`,
    tell: (kind, message) => tell({ kind, message }),
    trouble: (kind, message) => void tell({ kind, message }),
    askedBefore: options.askedBefore ?? [],
    missing: ({ channelType }) => void tell({ kind: 'channel-missing', message: channelType }),
    ask: (subject, { what, reason }) =>
      tell({ kind: 'delivery-ambiguous', subject, message: `${what}: ${reason}` }),
    answered: (subject) => tell({ kind: 'answered', subject, message: '' }),
    over: (kind) => tell({ kind: 'over', message: kind }),
    onNotice: nobody,
    onChange: () => {
      changed.resolve()
      changed = Promise.withResolvers()
    },
  })
  return {
    deliveries,
    underWay,
    async take(...rows) {
      const plan = await deliveries.plan(rows)
      const { deliveries: taken } = await mailbox.take(plan.rows, { notices: plan.notices })
      deliveries.accept(taken)
      return plan.notices
    },
    async until(condition) {
      while (!condition()) await changed.promise
    },
    async stop() {
      abort.abort()
      await deliveries.stop()
    },
  }
}
