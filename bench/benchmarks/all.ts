import type { Benchmark } from '../lib/result.ts'
import { roundTripBwrap } from './round-trip.ts'
import { throughput } from './throughput.ts'

/** In the order in which they run. */
export const benchmarks: readonly Benchmark[] = [roundTripBwrap, throughput]
