import { errorMessage, isNanoclawError } from '@nanoclaw/schema'
import type { ToolDescription, ToolResult } from '../provider.ts'
import { isBusyError } from '../runner/retry-busy.ts'
import type { Tool, ToolContext } from './tool.ts'

/** The tools a model can call, by name. */
export interface ToolRegistry {
  list(): readonly ToolDescription[]
  /**
   * Runs a tool. What the model did wrong (no such tool, arguments of another form) comes back as
   * an error result. Rejects only when the session itself is at its end, as when it was fenced.
   */
  call(name: string, args: unknown, context: ToolContext): Promise<ToolResult>
}

function failure(text: string): ToolResult {
  return { text, isError: true }
}

/** A tool whose arguments have been read where they came in. */
interface ServedTool extends ToolDescription {
  serve(args: unknown, context: ToolContext): Promise<ToolResult>
}

/** One tool as a registry takes it: what its arguments are is its own affair. */
export function served<Args>({ name, description, input, call }: Tool<Args>): ServedTool {
  return {
    ...{ name, description, inputSchema: input.schema },
    serve: async (given, context) => {
      const read = input.read(given)
      if ('args' in read) return await call(read.args, context)
      return failure(`Bad arguments for ${name}: ${read.problems}`)
    },
  }
}

/** A registry of these tools. */
export function createToolRegistry(tools: readonly ServedTool[]): ToolRegistry {
  const byName = new Map(tools.map((tool) => [tool.name, tool]))
  const descriptions = tools.map(({ name, description, inputSchema }) => ({
    ...{ name, description, inputSchema },
  }))
  return {
    list: () => descriptions,
    call: async (name, args, context) => {
      const tool = byName.get(name)
      if (tool === undefined) {
        return failure(`There is no tool called ${name}. Tools: ${[...byName.keys()].join(', ')}.`)
      }
      try {
        return await tool.serve(args, context)
      } catch (error) {
        if (isNanoclawError(error) && error.code === 'fenced') throw error
        if (isBusyError(error)) return failure(`${name} could not write just now; try again.`)
        return failure(`${name} failed: ${errorMessage(error)}`)
      }
    },
  }
}
