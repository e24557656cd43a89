import { z } from 'zod'

/** What a bot on Parrot needs. `nanoclaw channels add` asks for these, in the words given here. */
export const parrotOptions = z.strictObject({
  url: z
    .url({ protocol: /^https?$/, error: 'expected an address such as http://127.0.0.1:4420' })
    .default('http://127.0.0.1:4420')
    .meta({ title: 'Address', description: 'Where the Parrot server is.' }),
  token: z
    .string({ error: 'expected the token of the bot' })
    .min(1, 'expected the token of the bot')
    // A secret: asked for without echo, and kept out of logs, errors and status.
    .meta({ title: 'Token', description: 'The bot’s own, as Parrot gave it.', writeOnly: true }),
})

/** Options of the adapter, checked and with the defaults filled in. */
export type ParrotOptions = z.infer<typeof parrotOptions>
