import { join } from 'node:path'
import type { AdapterContext, ChannelAdapter } from '@nanoclaw/adapters'
import type { Core, HomeLock } from '@nanoclaw/core'
import { NanoclawError } from '@nanoclaw/schema'
import { createApprovals, type ApprovalSide } from './approvals/create-approvals.ts'
import { createAdapterContext } from './channels/adapter-context.ts'
import { createChannelWatch, type ChannelWatch } from './channels/channel-watch.ts'
import { createChannels, type Channels } from './channels/channels.ts'
import { defaultChatWords } from './chat-words.ts'
import { completeLimits, completeSettings } from './complete-settings.ts'
import { eitherSignal } from './deadline.ts'
import { createPolicies } from './delivery/policies.ts'
import type { SessionDriver } from './drivers/port.ts'
import type { ChannelStatus, Host, HostOptions, HostStatus } from './host.ts'
import { createLifecycle } from './lifecycle.ts'
import { createLoopBudget } from './loop-budget.ts'
import { openSinks, unservedChannels } from './operator/open-sinks.ts'
import { createTeller, type Teller } from './operator/teller.ts'
import { createPruner } from './retention/pruner.ts'
import { createReaderProcess } from './reader/reader-process.ts'
import { createHandOver, type HandOver } from './router/hand-over.ts'
import { createLetIn } from './router/let-in.ts'
import { createRouter } from './router/route-event.ts'
import { createSlash } from './router/slash/create-slash.ts'
import { createSessionRoom, type SessionRoom } from './session/session-room.ts'
import { Slots } from './session/slots.ts'
import { silentLogger } from './silent-logger.ts'
import { startHost } from './start-host.ts'
import { stopHost } from './stop-host.ts'
import { createTelemetry, type Telemetry } from './telemetry/telemetry.ts'

/** Files in WAL mode are kept in memory that a container in another kernel does not share. */
function checkJournal({ journal }: Core, { name, capabilities }: SessionDriver): void {
  if (journal !== 'wal' || capabilities.sharedKernel) return
  throw new NanoclawError(
    'bad-option',
    `the driver ${name} shares no kernel with its containers, and the core's journal is wal; ` +
      "make the core with journal: 'delete'",
  )
}

/** Node loads what is behind `fetch`, some 8 MB, when it is first looked at. */
const lateFetch: typeof fetch = (input, init) => globalThis.fetch(input, init)

/** The options with what they leave out. */
function completed(options: HostOptions) {
  const { core, runner, logger = silentLogger } = options
  const runFolder = join(core.layout.run, 'containers')
  const driver =
    typeof options.driver === 'function' ? options.driver({ runFolder }) : options.driver
  checkJournal(core, driver)
  const { layout, journal } = core
  const settings = completeSettings(options.settings)
  const policyOf = createPolicies(settings, options.deliveryPolicy)
  for (const adapter of options.adapters) policyOf(adapter)
  const { chatWords = defaultChatWords } = options
  return {
    core,
    driver,
    logger,
    reader: options.reader ?? createReaderProcess({ layout, logger, journal }),
    isReaderOurs: options.reader === undefined,
    runner: { ...runner, node: runner.node ?? process.execPath },
    settings,
    limits: completeLimits(options.limits),
    policyOf,
    chatWords: chatWords === false ? undefined : chatWords,
    fetch: options.fetch ?? lateFetch,
    random: options.random ?? Math.random,
    loop: createLoopBudget(),
  }
}

function channelStatus(channels: Channels, adapter: ChannelAdapter): ChannelStatus {
  const { channelType, instance } = adapter
  const { state, since, why } = channels.health(adapter)
  return { channelType, instance, state, since, why }
}

/** Who tells the operator, and who watches over channels for him. */
function createOperatorSide(
  { operatorSinks = [] }: HostOptions,
  { core, settings, logger, random }: ReturnType<typeof completed>,
  channels: Channels,
): { readonly watch: ChannelWatch; readonly teller: Teller; warnOfUnserved(): void } {
  const { incidents, installId } = core
  const sinks = openSinks(operatorSinks, { channels, installId })
  return {
    watch: createChannelWatch({ channels, incidents, settings, logger, random }),
    teller: createTeller({ core, sinks, logger, random }),
    warnOfUnserved: () => {
      for (const channel of unservedChannels(operatorSinks, channels)) {
        const message = `no adapter serves ${channel} yet, where the operator is to be told`
        logger.warn({ channel }, message)
      }
    },
  }
}

/** What comes in: messages, commands of people, and their words on what they were asked. */
function createIncoming(
  parts: ReturnType<typeof completed> & {
    readonly channels: Channels
    readonly sessions: SessionRoom
    readonly telemetry: Telemetry
  },
): { readonly handOver: HandOver; readonly approvals: ApprovalSide } {
  const { core, sessions } = parts
  const slash = createSlash({ core, sessions })
  const onDirectChat = (): void => approvals.desk.lookAgain()
  const router = createRouter({ ...parts, slash, onDirectChat })
  const letIn = createLetIn(core, router.route, (session, rows) => sessions.append(session, rows))
  const approvals = createApprovals({ ...parts, letIn })
  const handOver = createHandOver({ ...parts, router, words: approvals.words })
  return { handOver, approvals }
}

/**
 * Composes router, deliveries, scheduler and containers over a core. Starts nothing.
 * @throws NanoclawError `bad-option` for a setting, a limit or a channel's policy that cannot be, for two adapters of one channel
 *   type and instance, for one with a `textLength` below 1, and for a driver that shares no kernel with its containers where the core's
 *   journal is `wal`. What `driver` throws where it is a function.
 */
export function createHost(options: HostOptions): Host {
  const parts = completed(options)
  const { core, driver, limits, logger } = parts
  const channels = createChannels(options.adapters, { logger, clock: core.clock })
  const slots = new Slots(limits)
  const telemetry = createTelemetry()
  const sessions = createSessionRoom({
    ...parts,
    channels,
    slots,
    telemetry,
    onChange: () => telemetry.load(load()),
  })
  const load = () => ({
    awakeSessions: sessions.awake,
    containers: slots.inUse,
    waitingForContainer: slots.waiting,
  })
  const { watch, teller, warnOfUnserved } = createOperatorSide(options, parts, channels)
  const pruner = createPruner({ core, logger })
  const { handOver, approvals } = createIncoming({ ...parts, channels, sessions, telemetry })
  const all = { ...parts, handOver, sessions, channels, watch, teller, pruner, approvals }
  let home: HomeLock | undefined

  const contextFor = (adapter: ChannelAdapter): AdapterContext =>
    createAdapterContext({
      core,
      adapter,
      logger,
      fetch: parts.fetch,
      signal: lifecycle.signal,
      handOver: (event) => handOver.take(adapter, event, lifecycle.signal),
      deliveryUpdate: (key, update) => sessions.deliveryUpdate(key, update),
      healthChanged: () => {
        sessions.channelChanged(adapter)
        approvals.desk.lookAgain()
      },
    })

  const begin = async (signal: AbortSignal): Promise<void> => {
    home = await core.lockHome()
    signal.throwIfAborted()
    await startHost({ ...all, contextFor }, signal)
    warnOfUnserved()
  }
  const end = async (): Promise<void> => {
    try {
      await stopHost(all)
    } finally {
      home?.release()
      telemetry.load(load())
    }
  }
  // What the host does goes on when the span that was active when it was started has ended.
  const lifecycle = createLifecycle({
    begin: (signal) => telemetry.detached(() => begin(signal)),
    end,
  })

  const status = (): HostStatus => ({
    driver: driver.name,
    ...load(),
    maxContainers: limits.maxContainers,
    channels: channels.list().map((adapter) => channelStatus(channels, adapter)),
    operator: teller.status(),
  })

  const add = async (adapter: ChannelAdapter): Promise<void> => {
    lifecycle.signal.throwIfAborted()
    parts.policyOf(adapter)
    await channels.add(adapter)
  }

  const { start, stop } = lifecycle
  return {
    start,
    stop,
    add,
    status,
    whenQuiet: (messagingGroupId, signal) =>
      sessions.whenQuiet(messagingGroupId, eitherSignal(lifecycle.signal, signal)),
    ...sessions.byHand,
    [Symbol.asyncDispose]: stop,
  }
}
