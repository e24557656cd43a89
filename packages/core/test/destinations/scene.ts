import type { Place } from '@nanoclaw/schema'
import type { Authorization, DeliveryOperation, Session } from '../../src/index.ts'
import { createMemoryCore } from '../../src/testing.ts'

const handles = { ann: 'ann', mallory: 'mallory' }
type Handle = keyof typeof handles

/** Where mail comes from, and goes to. */
export const mailPlace = (platformId: string): Place => ({
  channelType: 'agent',
  channelInstance: '',
  platformId,
})

/** An agent in its family's chat, with a grant for the office, for a friend, and for the street. */
export async function scene() {
  const core = await createMemoryCore()
  const chat = (platformId: string) =>
    core.chats.create({ channelType: 'test', platformId, name: platformId })
  const [max, eve, other] = [
    await core.agents.create({ name: 'Max' }),
    await core.agents.create({ name: 'Eve' }),
    await core.agents.create({ name: 'Other' }),
  ]
  const [family, office, street, hall] = [
    await chat('family'),
    await chat('office'),
    await chat('street'),
    await chat('hall'),
  ]
  const channel = ({ id }: { id: string }) => ({ type: 'channel', messagingGroupId: id }) as const
  await core.wirings.create({ agentGroupId: max.id, messagingGroupId: family.id })
  const { session } = await core.resolveSession({
    ...{ agentGroupId: max.id, messagingGroupId: family.id },
    ...{ threadId: null, sessionMode: 'shared' },
  })
  const grant = (target: Parameters<typeof core.destinations.grant>[0]['target']) =>
    core.destinations.grant({ agentGroupId: max.id, target })
  await grant(channel(office))
  await core.destinations.grant({ agentGroupId: max.id, target: channel(street), when: 'anyone' })
  await grant({ type: 'agent', agentGroupId: eve.id })
  const ann = { channelType: 'test', channelInstance: '', handle: 'ann' }
  await core.people.add({ ...ann, role: { role: 'member', agentGroupId: max.id } })
  const say = (place: Place, sender: Handle | '', of: Session = session) =>
    core.heard.note(of, [
      {
        kind: 'chat',
        content: { text: 'hello', sender, senderId: sender },
        origin: { ...place, threadId: null },
      },
    ])
  return { core, max, eve, other, family, office, street, hall, session, ann, channel, say }
}

/** What {@link scene} gives. */
export type Scene = Awaited<ReturnType<typeof scene>>

/** Whether a session may write somewhere. */
export function ask(
  { core, max, session }: Pick<Scene, 'core' | 'max' | 'session'>,
  target: Place,
  operation: DeliveryOperation = 'message',
): Promise<Authorization> {
  return core.destinations.authorize({
    ...{ agentGroupId: max.id, sessionId: session.id, target, operation },
  })
}

/** What an answer comes to. */
export const brief = (answer: Authorization) => (answer.allowed ? 'allowed' : answer.cause)
