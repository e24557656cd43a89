import type { Delivery } from '@nanoclaw/core'
import type { DeliveryDeps } from './delivery-deps.ts'
import type { PlacedMeaning } from './interpret-row.ts'
import { isOwnMessage } from './own-message.ts'

/** Why the address book does not let it go out; the host's own messages are not asked for. */
export async function refusalOf(
  delivery: Delivery,
  { place, operation }: Pick<PlacedMeaning, 'place' | 'operation'>,
  { authorize }: Pick<DeliveryDeps, 'authorize'>,
): Promise<string | undefined> {
  if (isOwnMessage(delivery)) return undefined
  const verdict = await authorize(place, operation)
  return verdict.allowed ? undefined : verdict.reason
}
