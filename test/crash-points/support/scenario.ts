import type { ChannelAdapter } from '@nanoclaw/adapters'
import type { MemoryAdapterOptions } from '@nanoclaw/adapters/memory'
import type { Core } from '@nanoclaw/core'
import type { HostOptions } from '@nanoclaw/host'
import type { Answer } from './played-runner.ts'
import type { MemoryAdapter } from '@nanoclaw/adapters/memory'
import type { Host } from '@nanoclaw/host'
import type { HomeLayout, JournalMode } from '@nanoclaw/schema'
import type { Death } from './death.ts'
import type { PlayedContainers } from './played-containers.ts'
import type { DeliveredColumns, HomeEyes, IncidentColumns, SessionView } from './read-home.ts'

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

/** One life of the host, as a scenario's steps see it. */
export interface Life {
  readonly world: World
  readonly core: Core
  readonly host: Host
  readonly death: Death
}

/** What outlives every crash: the disk, the platform, the containers. */
export interface World {
  readonly layout: HomeLayout
  readonly journal: JournalMode
  readonly scenario: Scenario
  readonly containers: PlayedContainers
  /** The platform, and the adapter that the next host is given. */
  memory: MemoryAdapter
  /** Steps of the scenario that have been done. */
  stepsDone: number
  /** Ids of what people have posted, in order. */
  readonly posted: string[]
  /** Kinds of the incidents that the operator has been told of, as often as that was. */
  readonly told: string[]
  readonly eyes: HomeEyes
  /** Where each life ended, or that it did not. */
  readonly lives: string[]
}

/** One thing that the platform shows, with the ledger's row that it comes from. */
export interface Shown {
  readonly key: string
  readonly text: string
  readonly chatId: string
  /** Undefined: of no row of the ledger. */
  readonly row: DeliveredColumns | undefined
  readonly part: number
}

/** All that is left of a world when nothing happens in it any more. */
export interface HomeView {
  readonly world: World
  readonly expected: Expected
  readonly sessions: readonly SessionView[]
  readonly incidents: readonly IncidentColumns[]
  readonly shown: readonly Shown[]
}
