import { agentChannelType, placeKey, type Place } from '@nanoclaw/schema'
import type { DestinationRow, RoutingRow } from './inbox.ts'

/** Columns that say where a row came from or goes to. */
export interface RowPlace {
  readonly channelType: string | null
  readonly channelInstance: string
  readonly platformId: string | null
}

/** The place that a row's columns name, or undefined: it came from nowhere. */
export function placeOf(row: RowPlace): Place | undefined {
  const { channelType, channelInstance, platformId } = row
  if (channelType === null || platformId === null) return undefined
  return { channelType, channelInstance, platformId }
}

/** Rows with the same key have one origin. */
export function originKey(row: RowPlace & { readonly threadId: string | null }): string {
  return JSON.stringify([row.channelType, row.channelInstance, row.platformId, row.threadId])
}

/** The place of an entry of the address book. */
function placeOfDestination(destination: DestinationRow): Place | undefined {
  if (destination.type !== 'agent') return placeOf(destination)
  const { agentGroupId } = destination
  if (agentGroupId === null) return undefined
  return { channelType: agentChannelType, channelInstance: '', platformId: agentGroupId }
}

/** The address book, read once for one purpose; never kept (pitfall W5). */
export interface AddressBook {
  /** Those that hold now. */
  readonly names: readonly string[]
  /** Those that name a place: also what the model was told before a change of name. */
  readonly known: readonly string[]
  readonly entries: readonly DestinationRow[]
  place(name: string): Place | undefined
  /** The local name of a place, else `unknown:<channel>:<id>`; undefined for no place. */
  nameOf(place: Place | undefined): string | undefined
}

/**
 * Indexes the rows of `destinations` both ways. Of two names for one place the first counts. `told`:
 * what the model was told when its turn began; a name that has been changed meanwhile still means its
 * place, as long as that is in the book.
 */
export function createAddressBook(
  entries: readonly DestinationRow[],
  told?: AddressBook,
): AddressBook {
  const places = new Map<string, Place>()
  const names = new Map<string, string>()
  for (const entry of entries) {
    const place = placeOfDestination(entry)
    if (place === undefined) continue
    places.set(entry.name, place)
    const key = placeKey(place)
    if (!names.has(key)) names.set(key, entry.name)
  }
  const now = [...places.keys()]
  for (const name of told?.known ?? []) {
    const place = told?.place(name)
    const isThere = place !== undefined && names.has(placeKey(place))
    if (isThere && !places.has(name)) places.set(name, place)
  }
  return {
    names: now,
    known: [...places.keys()],
    entries,
    place: (name) => places.get(name),
    nameOf: (place) =>
      place === undefined
        ? undefined
        : (names.get(placeKey(place)) ?? `unknown:${place.channelType}:${place.platformId}`),
  }
}

/** Where a turn happens: the place of its rows, else that of the session's conversation. */
export interface TurnOrigin {
  readonly place: Place | undefined
  readonly threadId: string | null
}

/** The origin of a turn that these rows make. */
export function turnOrigin(
  row: (RowPlace & { readonly threadId: string | null }) | undefined,
  routing: () => RoutingRow | undefined,
): TurnOrigin {
  const own = row === undefined ? undefined : placeOf(row)
  if (own !== undefined) return { place: own, threadId: row?.threadId ?? null }
  const conversation = routing()
  const place = conversation === undefined ? undefined : placeOf(conversation)
  return { place, threadId: place === undefined ? null : (conversation?.threadId ?? null) }
}
