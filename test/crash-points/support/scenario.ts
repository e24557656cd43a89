import type { ChannelAdapter } from '@nanoclaw/adapters'
import type { MemoryAdapterOptions } from '@nanoclaw/adapters/memory'
import type { Core } from '@nanoclaw/core'
import type { HostOptions } from '@nanoclaw/host'
import type { Answer } from './played-runner.ts'
import type { HomeView } from './check-home.ts'
import type { Life, World } from './world.ts'

/** What may be seen when all is over. */
export interface Expected {
  /** Texts that the platform shows, each once, in this order; where doubles are marked, more often. */
  readonly shown: readonly string[]
  /** What was put off takes no part in the order. Default false. */
  readonly isAnyOrder?: boolean
  /** Kinds of incidents that have been opened; others must not be. */
  readonly incidents?: readonly string[]
  /** How often the agent has been told of an end that was not good. Default 0. */
  readonly agentTold?: number
  /** How the container's messages end, in order. Default: all `delivered`. */
  readonly ends?: readonly string[]
}

/** A piece of a conversation, through which a host dies at every call. */
export interface Scenario {
  readonly name: string
  /** What the platform can do. */
  readonly platform: MemoryAdapterOptions
  readonly settings?: HostOptions['settings']
  /** Further options of the host. */
  readonly host?: (world: World) => Partial<HostOptions>
  readonly answer: Answer
  /** Before the first life. */
  prepare(core: Core): Promise<void>
  /** Done in order, each once, by whichever life gets there; one that a crash cuts off begins again. */
  readonly steps: readonly ((life: Life) => Promise<void> | void)[]
  /** Without crashes, and with them. */
  readonly expected: Expected
  /** What is looked at besides what holds for all. Gives what is wrong. */
  readonly check?: (home: HomeView) => readonly string[]
  /** Wrong parts, to show that the check finds them. */
  readonly broken?: {
    core?(core: Core): Core
    adapter?(adapter: ChannelAdapter): ChannelAdapter
  }
}
