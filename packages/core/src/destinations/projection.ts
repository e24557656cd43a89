import { agentChannelType } from '@nanoclaw/schema'
import { present } from '../central/narrow.ts'
import type { ProjectedDestination, SessionProjection } from '../mailbox/mailbox.ts'
import type { Session } from '../sessions/types.ts'
import { toDestination } from './destination-rows.ts'
import type { DestinationLookUps } from './grant-destination.ts'
import type { Destination } from './types.ts'

function project(deps: DestinationLookUps, destination: Destination): ProjectedDestination {
  const { localName: name, displayName, target } = destination
  if (target.type === 'agent') {
    const { agentGroupId } = target
    return {
      name,
      displayName,
      type: 'agent',
      channelType: agentChannelType,
      channelInstance: '',
      platformId: agentGroupId,
      agentGroupId,
    }
  }
  const { channelType, channelInstance, platformId } = deps.chats.require(target.messagingGroupId)
  return {
    name,
    displayName,
    type: 'channel',
    channelType,
    channelInstance,
    platformId,
    agentGroupId: null,
  }
}

/** What a session's runner is told, from the central database, inside the caller's read. */
export function projectSession(deps: DestinationLookUps, session: Session): SessionProjection {
  const agent = present(deps.agents.find(session.agentGroupId), 'the agent of a session')
  const { messagingGroupId } = session
  const chat = messagingGroupId === null ? null : (deps.chats.find(messagingGroupId) ?? null)
  return {
    destinations: deps.rows
      .live(session.agentGroupId)
      .map((row) => project(deps, toDestination(row))),
    routing:
      chat === null
        ? null
        : {
            channelType: chat.channelType,
            channelInstance: chat.channelInstance,
            platformId: chat.platformId,
            threadId: session.threadId,
          },
    unaddressedOutput: agent.unaddressedOutput,
    onInterrupted: agent.onInterrupted,
  }
}
