import type { TestProject } from 'vitest/node'
import { makeConsumer, type Consumer } from './support/consumer.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Or why there is none: then every test of this folder fails with it, and no other. */
    readonly consumer: Consumer | { readonly problem: string }
  }
}

/** Once per run, before the first of these tests: packs, and installs what was packed. */
export async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  try {
    const { remove, ...consumer } = await makeConsumer()
    provide('consumer', consumer)
    return remove
  } catch (error) {
    provide('consumer', { problem: error instanceof Error ? error.message : String(error) })
    return () => Promise.resolve()
  }
}
