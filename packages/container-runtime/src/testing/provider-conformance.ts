import { errorMessage } from '@nanoclaw/schema'
import type { AgentProvider } from '../provider.ts'
import { answerCases } from './provider-answer-cases.ts'
import {
  withProviderBench,
  type ProviderConformanceOptions,
  type ProviderPromise,
} from './provider-bench.ts'
import { endCases } from './provider-end-cases.ts'
import { toolCases } from './provider-tool-cases.ts'

/** One promise of a port, as a test for any runner. */
export interface ConformanceCase {
  /** What is promised. */
  readonly name: string
  /** Rejects with what was done instead, what was promised, and why that matters. */
  run(): Promise<void>
}

async function explained(promise: ProviderPromise, running: Promise<void>): Promise<void> {
  try {
    await running
  } catch (error) {
    throw new Error(
      `${errorMessage(error)}\n  Promised: ${promise.name}\n  Because: ${promise.why}`,
      { cause: error },
    )
  }
}

/**
 * The suite of the {@link AgentProvider} port, which every provider passes: a case for each promise
 * in its doc comments, for any test runner: `for (const { name, run } of providerConformance(make,
 * { ordinaryText: 'hello' })) test(name, run)`. Uses `node:assert`. Cases that `options` has no
 * text for are left out.
 *
 * @param make makes the provider as the runner does; called once or twice in each case.
 */
export function providerConformance(
  make: () => AgentProvider | Promise<AgentProvider>,
  options: ProviderConformanceOptions,
): readonly ConformanceCase[] {
  return [...answerCases, ...toolCases, ...endCases]
    .filter(({ needs }) => needs === undefined || options[needs] !== undefined)
    .map((promise) => ({
      name: promise.name,
      run: () => explained(promise, withProviderBench(make, options, promise.check)),
    }))
}
