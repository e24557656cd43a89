export {
  agentDestinations,
  agentGroups,
  appliedActions,
  channelState,
  incidentEvents,
  incidents,
  messagingGroupAgents,
  messagingGroups,
  meta,
  receipts,
  sessions,
} from './tables/central.ts'
export {
  delivered,
  deliveredParts,
  destinations,
  events,
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
