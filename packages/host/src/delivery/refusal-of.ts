import type { Delivery } from '@nanoclaw/core'
import type { DeliveryDeps } from './delivery-deps.ts'
import type { PlacedMeaning } from './interpret-row.ts'
import { isOwnMessage } from './own-message.ts'

/**
 * Why it does not go out, by the address book or by the person who is asked where that does not let
 * it. The host's own messages are not asked for.
 */
export async function refusalOf(
  delivery: Delivery,
  meaning: PlacedMeaning,
  { authorize, mayPass }: Pick<DeliveryDeps, 'authorize' | 'mayPass'>,
): Promise<string | undefined> {
  if (isOwnMessage(delivery)) return undefined
  const verdict = await authorize(meaning.place, meaning.operation)
  if (verdict.allowed) return undefined
  // What cannot be done anyway nobody is asked about.
  if (verdict.mayAsk !== true || meaning.type === 'unable') return verdict.reason
  return mayPass(delivery, meaning, verdict.reason)
}
