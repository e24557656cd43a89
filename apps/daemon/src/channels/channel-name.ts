/** What a configured channel is called in messages, incidents and lists. */
export function channelName(entry: {
  readonly adapter: string
  readonly instance: string
}): string {
  return entry.instance === '' ? entry.adapter : `${entry.adapter} (${entry.instance})`
}
