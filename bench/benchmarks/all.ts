import type { Benchmark } from '../lib/result.ts'
import { cappedThroughput } from './cap.ts'
import { coldBwrap } from './cold.ts'
import { history } from './history.ts'
import { idleMany } from './idle.ts'
import { readerAttack } from './reader-attack.ts'
import { roundTripBwrap } from './round-trip.ts'
import { rival } from './rival.ts'
import { sessionCreate, sessionMemory } from './session.ts'
import { soak } from './soak.ts'
import { structure } from './structure.ts'
import { slowDisk, throughput } from './throughput.ts'

/** In the order in which they run. */
export const benchmarks: readonly Benchmark[] = [
  roundTripBwrap,
  coldBwrap,
  throughput,
  history,
  idleMany,
  sessionCreate,
  sessionMemory,
  cappedThroughput,
  slowDisk,
  readerAttack,
  structure,
  rival,
  soak,
]
