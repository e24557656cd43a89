import type { Core } from '@nanoclaw/core'
import { userId } from '@nanoclaw/schema'
import type { Answer } from '../support/played-runner.ts'
import type { HomeView, Life, Scenario } from '../support/scenario.ts'
import { echo, oneChat, post } from '../support/stage.ts'
import { until } from '../support/world.ts'

const memory = { channelType: 'memory', channelInstance: '' }
const person = (id: string) => ({ id, name: id, isBot: false, isSelf: false })

/** The room asks before it hears a stranger, and the owner can be reached in a chat of their own. */
async function askingChat(core: Core): Promise<void> {
  await oneChat(core)
  const [room] = await core.chats.list()
  if (room !== undefined) await core.chats.update(room.id, { unknownSenders: 'request_approval' })
  const owner = { ...memory, handle: 'boss' }
  await core.people.add({ ...owner, name: 'Boss', role: { role: 'owner' } })
  const chat = await core.chats.create({ ...memory, platformId: 'boss', name: 'Boss' })
  await core.people.noteDirectChat(userId(owner), chat.id)
}

const cards = ({ world }: Life) =>
  world.memory.delivered.flatMap(({ part, origin }) =>
    part.type === 'question' && origin.chatId === 'boss' ? [part] : [],
  )

/** The owner presses the first button, which says yes, of a card that came to them. */
async function approve(life: Life): Promise<void> {
  await until(life, () => cards(life).length > 0)
  const [card] = cards(life)
  if (card === undefined) return
  const press = { questionId: card.questionId, value: card.buttons[0]?.value ?? '' }
  const event = { type: 'button', ...press, chatId: 'boss', sender: person('boss') } as const
  // Kept by the platform until some host has confirmed it.
  life.world.memory
    .receive({ ...event, platformMessageId: 'press', revision: '1' })
    .catch(() => undefined)
  await until(life, () => life.world.eyes.approvals().every(({ status }) => status !== 'pending'))
}

function doneOnce({ world }: HomeView): readonly string[] {
  const statuses = world.eyes.approvals().map(({ status }) => status)
  const held = world.eyes.heldEvents()
  return [
    ...(statuses.join() === 'applied' ? [] : [`requests: ${statuses.join()}`]),
    ...(held === 0 ? [] : [`${held} events are held still`]),
  ]
}

let other = ''

/** Eva is within Ada's reach, by mail alone. */
async function twoAgents(core: Core): Promise<void> {
  await oneChat(core)
  const [ada] = await core.agents.list()
  if (ada === undefined) throw new Error('expected an agent')
  const eva = await core.agents.create({ name: 'Eva' })
  other = eva.id
  for (const [agentGroupId, to, localName] of [
    [ada.id, eva.id, 'eva'],
    [eva.id, ada.id, 'ada'],
  ] as const) {
    const target = { type: 'agent', agentGroupId: to } as const
    await core.destinations.grant({ agentGroupId, target, localName })
  }
}

/** Ada asks Eva, who answers; what Eva says is for Ada alone. */
const askEva: Answer = (row) => {
  if (row.text === 'hello') {
    const origin = { channelType: 'agent', channelInstance: '', platformId: other, threadId: null }
    return [{ text: 'what now?', origin }]
  }
  return row.text === 'what now?' ? [{ text: 'this' }] : []
}

/** What goes from person to person and from agent to agent. */
export const people: readonly Scenario[] = [
  {
    name: 'a stranger whom the owner lets in by a button',
    platform: {},
    answer: echo,
    prepare: askingChat,
    steps: [(life) => post(life, 'may I?', { sender: person('zoe') }), approve],
    expected: { shown: ['echo: may I?'] },
    check: doneOnce,
  },
  {
    name: 'a letter to another agent, and the answer to it',
    platform: {},
    answer: askEva,
    prepare: twoAgents,
    steps: [(life) => post(life, 'hello')],
    expected: { shown: [] },
    check: ({ sessions }) => {
      const letters = sessions.flatMap(({ inbound }) =>
        inbound
          .filter(({ channel_type: type }) => type === 'agent')
          .map(({ content }) => String(Reflect.get(Object(JSON.parse(content)), 'text'))),
      )
      const got = letters.toSorted().join()
      return got === 'this,what now?' ? [] : [`letters: ${got}`]
    },
  },
]
