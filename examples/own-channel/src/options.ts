import { z } from 'zod'

/** What a bot on Pigeon needs; an operator is asked for each by its title. */
export const pigeonOptions = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).meta({
    title: 'Address',
    description: 'Of the Pigeon server, such as http://127.0.0.1:4100.',
  }),
  token: z.string().min(1).meta({ title: 'Token', description: 'Of the bot.', writeOnly: true }),
})

/** The options, checked. */
export type PigeonOptions = z.infer<typeof pigeonOptions>
