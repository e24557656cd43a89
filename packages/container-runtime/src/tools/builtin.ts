import { listDestinations } from './list-destinations.ts'
import { createToolRegistry, served, type ToolRegistry } from './registry.ts'
import { sendMessage } from './send-message.ts'

/** The tools that every agent has (session protocol §8). */
export function createBuiltinTools(): ToolRegistry {
  return createToolRegistry([served(sendMessage), served(listDestinations)])
}
