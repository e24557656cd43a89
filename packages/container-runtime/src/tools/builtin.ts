import { createAgent } from './create-agent.ts'
import { listDestinations } from './list-destinations.ts'
import { createToolRegistry, served, type ToolRegistry } from './registry.ts'
import { sendMessage } from './send-message.ts'

/**
 * The tools that every agent has (session protocol §8), and those of admin agents. Which are listed
 * is a courtesy: the host decides.
 */
export function createBuiltinTools({ isAdmin }: { readonly isAdmin: boolean }): ToolRegistry {
  const everyones = [served(sendMessage), served(listDestinations)]
  return createToolRegistry(isAdmin ? [...everyones, served(createAgent)] : everyones)
}
