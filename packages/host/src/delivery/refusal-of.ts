import type { Delivery } from '@nanoclaw/core'
import type { Place } from '@nanoclaw/schema'
import type { DeliveryDeps } from './delivery-deps.ts'
import { isOwnMessage } from './own-message.ts'

/** Why the address book does not let it go out; the host's own messages are not asked for. */
export async function refusalOf(
  delivery: Delivery,
  place: Place,
  { authorize }: Pick<DeliveryDeps, 'authorize'>,
): Promise<string | undefined> {
  if (isOwnMessage(delivery)) return undefined
  const verdict = await authorize(place)
  return verdict.allowed ? undefined : verdict.reason
}
