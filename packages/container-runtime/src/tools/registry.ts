import { errorMessage, isNanoclawError } from '@nanoclaw/schema'
import * as z from 'zod'
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

function describeIssues(error: z.ZodError): string {
  return error.issues
    .slice(0, 5)
    .map((issue) => `${issue.path.join('.') || 'arguments'}: ${issue.message}`)
    .join('; ')
}

/** A registry of these tools. */
export function createToolRegistry(tools: readonly Tool[]): ToolRegistry {
  const byName = new Map(tools.map((tool) => [tool.name, tool]))
  let descriptions: readonly ToolDescription[] | undefined
  return {
    list: () =>
      (descriptions ??= tools.map((tool) => ({
        name: tool.name,
        description: tool.description,
        inputSchema: z.toJSONSchema(tool.input),
      }))),
    call: async (name, args, context) => {
      const tool = byName.get(name)
      if (tool === undefined) {
        return failure(`There is no tool called ${name}. Tools: ${[...byName.keys()].join(', ')}.`)
      }
      const parsed = tool.input.safeParse(args)
      if (!parsed.success) {
        return failure(`Bad arguments for ${name}: ${describeIssues(parsed.error)}`)
      }
      try {
        return await tool.call(parsed.data, context)
      } catch (error) {
        if (isNanoclawError(error) && error.code === 'fenced') throw error
        if (isBusyError(error)) return failure(`${name} could not write just now; try again.`)
        return failure(`${name} failed: ${errorMessage(error)}`)
      }
    },
  }
}
