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
  /** Oldest first; `open: true` for those not resolved, `false` for the others. */
  list(filter?: { readonly open?: boolean | undefined }): Promise<readonly Incident[]>
}
