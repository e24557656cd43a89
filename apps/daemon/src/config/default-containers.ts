import { availableParallelism, totalmem } from 'node:os'

/** What a machine has. */
export interface Machine {
  readonly memoryBytes: number
  readonly cores: number
}

/** About what one container with the scripted agent takes. */
const containerBytes = 60 * 1024 * 1024

/**
 * How many containers may run at once unless somebody says so: what half the memory holds at
 * about 60 MB each, at most eight for each core, at least 2 and at most 16.
 */
export function defaultMaxContainers(machine: Machine = thisMachine()): number {
  const byMemory = Math.floor(machine.memoryBytes / 2 / containerBytes)
  return Math.min(16, Math.max(2, Math.min(byMemory, machine.cores * 8)))
}

function thisMachine(): Machine {
  // 0 where nothing constrains the process.
  const limit = process.constrainedMemory() || Number.POSITIVE_INFINITY
  return { memoryBytes: Math.min(totalmem(), limit), cores: availableParallelism() }
}
