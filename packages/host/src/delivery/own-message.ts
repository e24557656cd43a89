import type { Author } from '@nanoclaw/adapters'

/** As whom the host itself speaks. */
export const hostAuthor: Author = { id: 'nanoclaw', name: 'nanoclaw' }

/** A row of the host's own has an even `seq`; a container's is odd, and refused where it is not. */
export function isOwnMessage({ seq }: { readonly seq: number }): boolean {
  return seq % 2 === 0
}
