import { createCore } from '@nanoclaw/core'

const core = await createCore({ home: 'nanoclaw-home' })
const place = { channelType: 'memory', channelInstance: '', platformId: 'room' }
const agent = (await core.agents.list())[0] ?? (await core.agents.create({ name: 'Ada' }))
const known = await core.chats.find(place)
const chat = known ?? (await core.chats.create({ ...place, name: 'room' }))
const ids = { agentGroupId: agent.id, messagingGroupId: chat.id }
if (known === undefined) await core.wirings.create(ids)
const { session } = await core.resolveSession({ ...ids, threadId: null, sessionMode: 'shared' })
const mailbox = await core.mailboxes.open(agent.id, session.id)
const content = { sender: 'Ann', senderId: 'ann', text: 'hello' }
await mailbox.append([{ kind: 'chat', content, origin: { ...place, threadId: null } }])
const target = { type: 'channel', messagingGroupId: chat.id } as const
const { localName } = await core.destinations.grant({ agentGroupId: agent.id, target })
const asked = { ...ids, sessionId: null, target: place, operation: 'message' } as const
const { allowed } = await core.destinations.authorize(asked)
console.log({ localName, allowed, waiting: (await mailbox.pending(10)).length })
await mailbox.close()
await core.close()
