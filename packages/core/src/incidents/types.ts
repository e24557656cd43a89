/** Something the operator has to know. */
export interface Incident {
  readonly id: string
  readonly kind: string
  /** What it is about; one incident is open per kind and subject. */
  readonly subject: string
  readonly sessionId: string | null
  readonly agentGroupId: string | null
  readonly message: string
  /** How often it has happened since it was opened. */
  readonly occurrences: number
  /** ISO-8601 UTC, as the next two. */
  readonly openedAt: string
  readonly lastSeenAt: string
  /** Null while it is open. */
  readonly resolvedAt: string | null
}

/** An incident as it is kept, with what became of telling the operator. */
export interface IncidentRecord extends Incident {
  /** When the operator was told, ISO-8601 UTC; null: not yet. */
  readonly toldAt: string | null
  /** The name of the sink that took it. */
  readonly toldThrough: string | null
  /** How often all sinks have failed. */
  readonly tellAttempts: number
  /** Until when telling is put off, ISO-8601 UTC; null: not at all. Once told: a recurrence's telling. */
  readonly nextTellAt: string | null
}

/** An incident to be noted. */
export interface NewIncident {
  readonly kind: string
  readonly subject: string
  readonly message: string
  readonly sessionId?: string | undefined
  readonly agentGroupId?: string | undefined
}

/** The operator's list. */
export interface Incidents {
  /** Opens one, or counts it again where it is open; durable. Only a new one calls for a notice. */
  open(incident: NewIncident): Promise<{ readonly incident: Incident; readonly isNew: boolean }>
  /** Ends the open one of a kind and subject; durable. Whether one was open. */
  resolve(kind: string, subject: string): Promise<boolean>
  get(id: string): Promise<IncidentRecord | undefined>
  /** Oldest first; `open: true` for those not resolved, `false` for the others. */
  list(filter?: { readonly open?: boolean | undefined }): Promise<readonly IncidentRecord[]>
  /**
   * Open ones that the operator was not told of and that are to be told by `now` (ISO-8601 UTC), at
   * most `limit`: first those that were never put off, oldest first; by index. A new one of a kind and
   * subject that was told is put off for 10 minutes after that, twice as long each time up to a day,
   * until nothing came for a day. A time beyond any pause is that of a clock that has been set back
   * since: such a one is to be told now.
   */
  untold(now: string, limit: number): Promise<readonly IncidentRecord[]>
  /** How many open ones the operator was not told of, what is put off too; by index. */
  countUntold(): Promise<number>
  /** When something was told, newest first, at most `limit` times; by index. */
  lastTold(limit: number): Promise<readonly string[]>
  /** A sink of this name has taken them; durable. */
  told(ids: readonly string[], through: string): Promise<void>
  /** No sink has taken them: counted, and to be tried again at `at`, at most 24 minutes ahead. */
  tellLater(ids: readonly string[], at: string): Promise<void>
  /** Calls `listener` after a new one was opened through this core, until the result is called. */
  onOpened(listener: () => void): () => void
}
