import { z } from 'zod'
import type { ConfigProblem } from './problems.ts'

/** What is said in a chat whose messages cannot be answered; what is left out is the host's own. */
export interface Notices {
  readonly unanswered?: string
  readonly waiting?: string
  readonly recovered?: string
}

const longestText = 2000
const text = z
  .string({ error: 'expected a text' })
  .refine((value) => value.trim() !== '', 'expected a text, which may not be empty')
  .max(longestText, `expected at most ${longestText} characters`)
  .optional()
const shape = z.strictObject(
  { unanswered: text, waiting: text, recovered: text },
  { error: 'expected false, or an object with "unanswered", "waiting" and "recovered"' },
)

/** Reads `notices`: false, where nothing is to be said in chats. */
export function readNotices(
  value: unknown,
  source: string,
  problems: ConfigProblem[],
): Notices | false | undefined {
  if (value === false) return false
  const result = shape.safeParse(value)
  if (!result.success) {
    problems.push(
      ...result.error.issues.map(({ path, message }) => {
        const field = path.length === 0 ? '' : `"${path.join('.')}": `
        return { source, problem: `${field}${message}` }
      }),
    )
    return undefined
  }
  const { unanswered, waiting, recovered } = result.data
  return {
    ...(unanswered === undefined ? {} : { unanswered }),
    ...(waiting === undefined ? {} : { waiting }),
    ...(recovered === undefined ? {} : { recovered }),
  }
}
