export { loadConfig } from './config.ts'
export type { Config, ConfigSources } from './config.ts'
export type {
  ChannelEntry,
  ChatEntry,
  StoredChannel,
  UnsetOption,
} from './config/channel-entries.ts'
export type { Settings } from './config/settings.ts'
export type { StatusReport } from './control/protocol.ts'
export { createDaemon } from './daemon.ts'
export type { Daemon, DaemonDeps } from './daemon.ts'
export type { DaemonLog } from './log.ts'
