import { NanoclawError } from '@nanoclaw/schema/plain'

/** A thread has ended before it answered: what was asked of it is done, or it is not. */
export class UnknownOutcome extends NanoclawError {
  constructor(reason: string) {
    super(
      'io',
      `a database thread has ended (${reason}); whether what was asked of it is done is not known, ask again`,
    )
  }
}
