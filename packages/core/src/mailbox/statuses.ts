/** What a delivery, or one part of it, can be. */
export const deliveryStatuses = [
  'queued',
  'sending',
  'retrying',
  'delivered',
  'failed',
  'refused',
  'ambiguous',
] as const

/** How a delivery ends; a person may still have the last two sent again. */
export const deliveryEnds = ['delivered', 'failed', 'refused'] as const

/** How a row for the agent can end. */
export const endStatuses = ['completed', 'failed'] as const

/** What a row for the agent can be. */
export const inboundStatuses = ['pending', 'completed', 'failed', 'paused'] as const
