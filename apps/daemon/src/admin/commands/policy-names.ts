import type { PolicyAction } from '@nanoclaw/core'

/** What needs a policy; that it is all of them is tested. */
export const policyActions = [
  'create_agent',
  'outside_when',
  'ambiguous_delivery',
  'unknown_sender',
] as const satisfies readonly PolicyAction[]

/** What can become of it. */
export const policies = ['deny', 'ask', 'allow'] as const
