import type { Clock, Ids } from '@nanoclaw/schema'
import type { PromptContext } from '../prompt/format-row.ts'
import type { AgentProvider } from '../provider.ts'
import type { ToolRegistry } from '../tools/registry.ts'
import type { Inbox } from './inbox.ts'
import type { Outbox } from './outbox.ts'
import type { Pruner } from './pruner.ts'
import type { Wait } from './retry-busy.ts'

/** How the runner speaks to its log. */
export type Log = (level: 'debug' | 'info' | 'warn' | 'error', message: string) => void

/** What the runner and its turns work with; all of it injected. */
export interface RunnerSession {
  readonly inbox: Inbox
  readonly outbox: Outbox
  readonly pruner: Pruner
  readonly provider: AgentProvider
  readonly tools: ToolRegistry
  readonly clock: Clock
  readonly ids: Ids
  readonly wait: Wait
  readonly log: Log
  /** Rings the host's doorbell: something was committed that it should see. */
  readonly ringHost: () => void
  readonly prompt: PromptContext
  readonly assistantName: string
  readonly agentFolder: string
}

/** Where a provider's continuation is kept. */
export function continuationKey(provider: AgentProvider): string {
  return `continuation:${provider.name}`
}
