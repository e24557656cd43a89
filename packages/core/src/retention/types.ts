/** A row of `inbound.db` as it was: its columns by the names that the code gives them. */
export interface PrunedRow {
  readonly table: 'messages_in' | 'delivered' | 'delivered_parts' | 'events'
  readonly row: Readonly<Record<string, string | number | null>>
}

/** How far the archive of a session is vouched for: what lies beyond is not to be read on. */
export interface ArchivePosition {
  /** The file's name in the archive's folder. */
  readonly file: string
  readonly bytes: number
}

/** What a mailbox no longer has to keep: at most as much as was asked for. */
export interface Prunable {
  /** All that goes, in no order that means anything. */
  readonly rows: readonly PrunedRow[]
  /** Of those rows: the messages to the agent, and its answers. */
  readonly inboundIds: readonly string[]
  readonly deliveryIds: readonly string[]
  /** Events up to this stamp go; 0: none. */
  readonly throughEvent: number
  /** When the first event that stays happened (ISO-8601 UTC); null: none stays. */
  readonly oldestAt: string | null
  /** There is more than this. */
  readonly isMore: boolean
  readonly archived: ArchivePosition | null
}

/** What is to be taken out of a mailbox: a {@link Prunable} that has been archived. */
export interface PruneRequest extends Pick<
  Prunable,
  'inboundIds' | 'deliveryIds' | 'throughEvent'
> {
  /** As `prunable` was asked. */
  readonly before: string
  /** Where the archive ends now; undefined: as before. */
  readonly archived?: ArchivePosition | undefined
}

/** How many rows were removed. */
export interface Removed {
  readonly inbound: number
  readonly deliveries: number
  readonly events: number
}
