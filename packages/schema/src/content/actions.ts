import * as z from 'zod'
import { NanoclawError } from '../errors.ts'

/** Nothing but these fields: what else a container says of an action is no part of it. */
const createAgent = z.strictObject({
  action: z.literal('create_agent'),
  name: z.string().trim().min(1).max(200),
  instructions: z.string().default(''),
})

/** What the action `create_agent` of an agent asks for. */
export interface CreateAgentAction {
  readonly action: 'create_agent'
  /** 1 to 200 characters, trimmed. */
  readonly name: string
  /** For the new agent's `AGENTS.md`; default `''`. */
  readonly instructions: string
}

/** Checks the content of a row with the action `create_agent`. Throws `bad-content`, for whom asks. */
export function parseCreateAgent(content: unknown): CreateAgentAction {
  const parsed = createAgent.safeParse(content)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const where = issue?.path.join('.') ?? ''
  const what = where === '' ? (issue?.message ?? '') : `${where}: ${issue?.message}`
  throw new NanoclawError('bad-content', `create_agent takes name and instructions; ${what}`)
}
