import { MemoryChannel } from './memory/memory-channel.ts'
import { MemoryPlatform } from './memory/memory-platform.ts'
import type { MemoryAdapter, MemoryAdapterOptions } from './memory/types.ts'

/**
 * A whole platform in this process, for tests and for programs that embed an agent: what people
 * write comes in by `receive`, what the agent says stands in `delivered`. Keeps the contract's
 * promises, redelivers what was not confirmed, and fails as scripted.
 */
export function createMemoryAdapter(options: MemoryAdapterOptions = {}): MemoryAdapter {
  return new MemoryChannel(new MemoryPlatform(options))
}

export type {
  MemoryAdapter,
  MemoryAdapterOptions,
  MemoryDelivery,
  MemoryEventInput,
  MemoryFault,
} from './memory/types.ts'
