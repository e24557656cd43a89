export {
  agentDestinations,
  agentGroups,
  appliedActions,
  channelState,
  incidents,
  messagingGroupAgents,
  messagingGroups,
  meta,
  sessions,
} from './tables/central.ts'
export {
  delivered,
  deliveredParts,
  destinations,
  hostState,
  messagesIn,
  sessionRouting,
} from './tables/inbound.ts'
export {
  containerState,
  messagesOut,
  processingAck,
  sessionState,
  turns,
} from './tables/outbound.ts'
