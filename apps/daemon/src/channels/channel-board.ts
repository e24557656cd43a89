import type { ChannelAdapter } from '@nanoclaw/adapters'
import type { Core } from '@nanoclaw/core'
import { errorMessage, timestamp } from '@nanoclaw/schema'
import type { ChannelEntry } from '../config/channel-entries.ts'
import type { DeliveryEntry } from '../config/delivery-entry.ts'
import type { DaemonLog } from '../log.ts'
import { channelName } from './channel-name.ts'

/** How a configured channel stands. */
export interface ChannelReport {
  /** As it is configured. */
  readonly adapter: string
  readonly instance: string
  /** Undefined where its package could not be loaded. */
  readonly channelType?: string | undefined
  /** `failed`: it could not be made, or not be started. What was made is started again now and then. */
  readonly state: 'connected' | 'degraded' | 'down' | 'failed'
  /** ISO-8601 UTC. */
  readonly since: string
  readonly why?: string | undefined
}

/** Where it is told how the configured channels do. No function rejects. */
export interface ChannelBoard {
  /** Its package is being loaded. */
  loading(entry: ChannelEntry): void
  /** The adapter is made, and will be started. */
  opened(entry: ChannelEntry, adapter: ChannelAdapter): void
  /** It has started: whatever was open about it is settled. */
  works(entry: ChannelEntry): Promise<void>
  /** It does not work, for this reason, without secrets: warned of, and an incident. */
  failed(entry: ChannelEntry, why: string): Promise<void>
  /** One of its chats cannot be used; the channel goes on. */
  chatFailed(entry: ChannelEntry, chat: string, why: string): Promise<void>
  chatWorks(entry: ChannelEntry, chat: string): Promise<void>
  /** Settles what is open about channels and chats that are configured no more. */
  settleOthers(entries: readonly ChannelEntry[]): Promise<void>
  list(): readonly ChannelReport[]
  /** What the configuration says of the deliveries of a channel; undefined for one that it has not. */
  deliveryOf(channel: {
    readonly channelType: string
    readonly instance: string
  }): DeliveryEntry | undefined
}

const channelFailed = 'channel-failed'
const chatFailed = 'channel-chat-failed'

const chatSubject = (entry: ChannelEntry, chat: string): string => `${channelName(entry)}: ${chat}`

/** An empty board. */
export function createChannelBoard({
  core,
  log,
}: {
  readonly core: Core
  readonly log: DaemonLog
}): ChannelBoard {
  const begun = new Map<ChannelEntry, string>()
  const adapters = new Map<ChannelEntry, ChannelAdapter>()
  const failures = new Map<ChannelEntry, { readonly since: string; readonly why: string }>()

  const safely = async (work: () => Promise<unknown>): Promise<void> => {
    await work().catch((error: unknown) =>
      log.warn({ error: errorMessage(error) }, 'an incident of a channel could not be recorded'),
    )
  }
  const open = (kind: string, subject: string, message: string) => {
    log.warn({}, message)
    return safely(() => core.incidents.open({ kind, subject, message }))
  }
  const settle = (kind: string, subject: string) =>
    safely(() => core.incidents.resolve(kind, subject))

  return {
    loading: (entry) => void begun.set(entry, timestamp(core.clock)),
    opened: (entry, adapter) => void adapters.set(entry, adapter),
    works(entry) {
      failures.delete(entry)
      return settle(channelFailed, channelName(entry))
    },
    failed(entry, why) {
      failures.set(entry, { since: timestamp(core.clock), why })
      const name = channelName(entry)
      return open(channelFailed, name, `the channel ${name} does not run: ${why}`)
    },
    chatFailed: (entry, chat, why) =>
      open(
        chatFailed,
        chatSubject(entry, chat),
        `the chat "${chat}" of the channel ${channelName(entry)} is not used: ${why}`,
      ),
    chatWorks: (entry, chat) => settle(chatFailed, chatSubject(entry, chat)),
    settleOthers: (entries) =>
      safely(async () => {
        const channels = new Set(entries.map(channelName))
        const chats = new Set(
          entries.flatMap((entry) => entry.chats.map(({ name }) => chatSubject(entry, name))),
        )
        for (const { kind, subject } of await core.incidents.list({ open: true })) {
          const isOld =
            (kind === channelFailed && !channels.has(subject)) ||
            (kind === chatFailed && !chats.has(subject))
          if (isOld) await core.incidents.resolve(kind, subject)
        }
      }),
    deliveryOf: (channel) => entryOf(adapters, channel)?.delivery,
    list: () => [
      ...[...begun]
        .filter(([entry]) => !failures.has(entry) && !adapters.has(entry))
        .map(([entry, since]) => ({
          ...identityOf(entry, undefined),
          state: 'down' as const,
          since,
          why: 'its package is still being loaded',
        })),
      ...[...failures].map(([entry, failure]) => ({
        ...identityOf(entry, adapters.get(entry)),
        state: 'failed' as const,
        ...failure,
      })),
      ...[...adapters]
        .filter(([entry]) => !failures.has(entry))
        .map(([entry, adapter]) => {
          const { state, since, why } = adapter.health()
          return { ...identityOf(entry, adapter), state, since, why }
        }),
    ],
  }
}

function entryOf(
  adapters: ReadonlyMap<ChannelEntry, ChannelAdapter>,
  { channelType, instance }: { readonly channelType: string; readonly instance: string },
): ChannelEntry | undefined {
  const found = [...adapters].find(
    ([, adapter]) => adapter.channelType === channelType && adapter.instance === instance,
  )
  return found?.[0]
}

function identityOf({ adapter, instance }: ChannelEntry, running: ChannelAdapter | undefined) {
  return { adapter, instance, channelType: running?.channelType }
}
