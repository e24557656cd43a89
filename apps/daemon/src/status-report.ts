import type { Core } from '@nanoclaw/core'
import type { Host, SessionDriver } from '@nanoclaw/host'
import type { ChannelBoard } from './channels/channel-board.ts'
import type { Config } from './config.ts'
import type { StatusReport } from './control/protocol.ts'
import { countWaiting } from './ledger/count-waiting.ts'

/** What a home holds: known even where no daemon runs. */
export type HomeReport = Pick<StatusReport, 'agents' | 'chats' | 'incidents'>

/** What a running daemon says of itself. */
export async function describeStatus(parts: {
  readonly config: Config
  readonly core: Core
  readonly host: Host
  readonly board: ChannelBoard
  readonly driver: SessionDriver
  readonly startedAt: string
  readonly version: string
}): Promise<StatusReport> {
  const { config, core, host, board, driver, startedAt, version } = parts
  const [agents, chats, incidents, deliveries] = await Promise.all([
    core.agents.list(),
    core.chats.list(),
    core.incidents.list({ open: true }),
    countWaiting(core),
  ])
  const standing = host.status()
  return {
    pid: process.pid,
    startedAt,
    version,
    home: config.home,
    driver: { name: driver.name, isolation: driver.capabilities.isolation },
    host: {
      ...standing,
      channels: standing.channels.map((channel) => ({ ...channel })),
      operator: {
        ...standing.operator,
        sinks: standing.operator.sinks.map((sink) => ({ ...sink })),
      },
    },
    channels: board.list().map((channel) => ({ ...channel })),
    agents: agents.map(({ id, name, provider }) => ({ id, name, provider })),
    chats: chats.map(({ id, name, channelType, channelInstance, platformId }) => {
      return { id, name, channelType, channelInstance, platformId }
    }),
    deliveries,
    incidents: incidents.map((incident) => {
      const { id, kind, subject, message, occurrences, openedAt, toldAt, toldThrough } = incident
      return { id, kind, subject, message, occurrences, openedAt, toldAt, toldThrough }
    }),
  }
}
