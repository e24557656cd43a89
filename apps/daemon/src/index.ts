export { loadConfig } from './config.ts'
export type { Config, ConfigSources } from './config.ts'
export { createDaemon } from './daemon.ts'
export type { Daemon, DaemonDeps } from './daemon.ts'
