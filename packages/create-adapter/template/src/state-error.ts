/** What the adapter has to remember could not be read or written: nothing is confirmed meanwhile. */
export class StateError extends Error {
  constructor(cause: unknown) {
    super('The host cannot keep what was received.', { cause })
    this.name = 'StateError'
  }
}
