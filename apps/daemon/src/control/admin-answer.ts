import { z } from 'zod'

/** The daemon's answer to a command of the table. */
export const adminAnswer = z.discriminatedUnion('outcome', [
  z.object({
    outcome: z.literal('done'),
    /** For programs. */
    result: z.looseObject({}),
    /** The same for people. */
    lines: z.array(z.string()),
  }),
  /** Nothing has been done: a person has to agree to what these lines say first. */
  z.object({ outcome: z.literal('unsure'), lines: z.array(z.string()) }),
])

/** The daemon's answer to a command of the table. */
export type AdminReport = z.infer<typeof adminAnswer>
