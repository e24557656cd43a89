import { availableParallelism, totalmem } from 'node:os'
import { longestContent } from '@nanoclaw/schema'

/**
 * How much one session may take of what all share. Whatever is held back by a limit is kept and goes on
 * by itself; who waits for it is told.
 */
export interface HostLimits {
  /**
   * The longest content of one message of either side, in bytes of UTF-8 as JSON; from 1,024, at most
   * the default. A longer text that comes in is kept whole as a file, of which the agent gets the
   * beginning; one of an agent fails, and it is told. Default 1 MiB, `longestContent` of
   * `@nanoclaw/schema`: parsing more would keep the event loop from all others.
   */
  readonly contentBytes: number
  /**
   * When so many messages of one session wait to be sent, no more are taken from its container until
   * one in five of them has gone out; from 1. Default 10,000: what a channel that is down for a day
   * leaves behind, and no more than its ledger is walked in milliseconds.
   */
  readonly undeliveredRows: number
  /**
   * Messages that are taken from one container in a second, in the long run, from 1; `Infinity`: as
   * many as it writes. Default 100: more than any chat bears, and 3 % of a core.
   */
  readonly rowsPerSecond: number
  /** How many are taken at once before that counts, from 1. Default 5,000. */
  readonly rowsBurst: number
  /**
   * How long a container may be ahead of `rowsPerSecond` until it is ended and its session is put into
   * quarantine, in milliseconds from 0; `Infinity`: for ever. Default 10 minutes: who is still ahead
   * then has written 65,000 messages in one go, or does not stop.
   */
  readonly backPressureMs: number
  /**
   * Messages that one agent may send to another in a minute, in the long run, from 1; what is more is
   * refused, and the agent told: two agents that do not stop answering each other come to an end.
   * `Infinity`: as many as it writes. Default 20.
   */
  readonly mailPerMinute: number
  /** How many of them at once before that counts, from 1. Default 60. */
  readonly mailBurst: number
  /** Agents that one agent may have had made, and are there, from 0. Default 20. */
  readonly childAgents: number
  /** Containers that run at once, from 1. Default: {@link defaultMaxContainers}. */
  readonly maxContainers: number
  /**
   * How long a container that always has work keeps its slot while other sessions wait for one, in
   * milliseconds from 0; it ends between two turns. `Infinity`: until it has none. Default 30 s: a
   * start takes a tenth of a second.
   */
  readonly slotMs: number
}

/** What a machine has. */
export interface Machine {
  /** Memory that this process may use. */
  readonly memoryBytes: number
  /** Processors that may run at once. */
  readonly cores: number
}

/** About what one container with the scripted agent has resident. */
const containerBytes = 60 * 1024 * 1024

/**
 * How many containers run at once unless somebody says so: what half the memory holds at about
 * 60 MB each, at most 16 for each core, at least 2 and at most 64.
 */
export function defaultMaxContainers(machine: Machine = thisMachine()): number {
  const byMemory = Math.floor(machine.memoryBytes / 2 / containerBytes)
  return Math.max(2, Math.min(64, byMemory, machine.cores * 16))
}

function thisMachine(): Machine {
  // 0 where nothing constrains the process.
  const limit = process.constrainedMemory() || Number.POSITIVE_INFINITY
  return { memoryBytes: Math.min(totalmem(), limit), cores: availableParallelism() }
}

/** The limits of an operator who has set none. */
export function defaultLimits(): HostLimits {
  return {
    contentBytes: longestContent,
    undeliveredRows: 10_000,
    rowsPerSecond: 100,
    rowsBurst: 5_000,
    backPressureMs: 600_000,
    mailPerMinute: 20,
    mailBurst: 60,
    childAgents: 20,
    maxContainers: defaultMaxContainers(),
    slotMs: 30_000,
  }
}
