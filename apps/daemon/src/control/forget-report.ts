import { z } from 'zod'

/** What was removed of a person, or would be. */
export const forgetReport = z.object({
  person: z.object({ channelType: z.string(), handle: z.string() }),
  dryRun: z.boolean(),
  sessions: z.array(
    z.object({
      sessionId: z.string(),
      agentGroupId: z.string(),
      /** Nobody else has spoken in it. */
      isWhole: z.boolean(),
      inbound: z.number(),
      deliveries: z.number(),
      events: z.number(),
      /** Lines of the archive. */
      archived: z.number(),
      /** Why it was left as it is. */
      left: z.string().optional(),
    }),
  ),
  central: z.object({
    receipts: z.number(),
    channelState: z.number(),
    incidents: z.number(),
    chatNames: z.number(),
  }),
  /** What was not looked at, or cannot be reached. */
  beyond: z.array(z.string()),
})

/** What was removed of a person, or would be. */
export type ForgetReport = z.infer<typeof forgetReport>
