import { z } from 'zod'
import type { Flag } from '../command.ts'

const names = ['strict', 'request_approval', 'public'] as const

/** Whose messages an agent is given who is no member. */
export const unknownSenders = z.enum(names).optional()

/** The flag of {@link unknownSenders}. */
export const unknownSendersFlag: Flag = {
  form: '--unknown-senders <what>',
  about:
    'whether who is no member is heard: strict (no), request_approval (a person is asked), public',
  choices: names,
}
