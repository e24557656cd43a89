import { completePolicy } from '../complete-settings.ts'
import type { DeliveryPolicy, HostSettings } from '../settings.ts'

/** Which channel a policy is for. */
export interface PolicyChannel {
  readonly channelType: string
  /** `''` for the only one of its type. */
  readonly instance: string
}

/** What a channel has of its own, over the settings; undefined: nothing. */
export type PolicyOverride = (channel: PolicyChannel) => Partial<DeliveryPolicy> | undefined

/** How a channel delivers. Throws `bad-option` for a value of its own that cannot be. */
export type PolicyOf = (channel: PolicyChannel) => DeliveryPolicy

/** Asks for each channel once. */
export function createPolicies(settings: HostSettings, override?: PolicyOverride): PolicyOf {
  const known = new Map<string, DeliveryPolicy>()
  return ({ channelType, instance }) => {
    const key = JSON.stringify([channelType, instance])
    const policy =
      known.get(key) ??
      completePolicy(
        settings,
        override?.({ channelType, instance }),
        `deliveryPolicy of ${channelType}${instance === '' ? '' : `/${instance}`}`,
      )
    known.set(key, policy)
    return policy
  }
}
