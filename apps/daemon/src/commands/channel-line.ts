import { oneLine } from '../failure.ts'

/** How a channel stands, on one line of a screen. */
export function channelLine(
  name: string,
  standing: {
    readonly state: string
    readonly since: string
    readonly why?: string | undefined
  },
): string {
  const { state, since, why } = standing
  return oneLine(`${name}, ${state} since ${since}${why === undefined ? '' : ` (${why})`}`)
}
