import type { FromHost, ToHost } from './wire.ts'

/** A message of a person. */
export interface Said {
  readonly id: string
  readonly chat: string
  readonly number: number
  readonly text: string
  /** What the agent must show for it. */
  readonly expected: string
  confirmed: boolean
}

/** What a platform remembers over all lives of the host, and what it saw that must not be. */
export interface FarRecord {
  readonly said: readonly Said[]
  /** The texts that people see, in order: the same key again shows nothing new where keys count. */
  readonly visible: readonly string[]
  /** What the host had made, or confirmed, and has forgotten. */
  readonly forgotten: readonly string[]
}

/** The far side of the network. */
export interface FarSide {
  readonly record: FarRecord
  /** Whether the host that is attached knows all chats, and has confirmed all that was said. */
  isConfirmed(): boolean
  /** People write; handed over at once, and again at each start until it is confirmed. */
  say(chat: string, count: number): void
  /** A host that has just started; what it is to be told goes through `send`. */
  attach(send: (message: ToHost) => void): (message: FromHost) => void
}

/** Some are answered by a tool call. */
function newMessage(chat: string, number: number): Said {
  const id = `${chat}-${number}`
  const sends = JSON.stringify({ to: chat, text: `sent ${id}` })
  const byTool = number % 4 === 3
  return {
    id,
    chat,
    number,
    text: byTool ? `!call send_message ${sends}` : `line ${id}`,
    expected: byTool ? `sent ${id}` : `echo: line ${id}`,
    confirmed: false,
  }
}

/** `keysCount`: a key that was seen shows nothing again. */
export function createFarSide(keysCount: boolean): FarSide {
  const said: Said[] = []
  const visible: string[] = []
  const forgotten: string[] = []
  const shownByKey = new Map<string, string>()
  const chats = new Set<string>()
  const made = new Set<string>()
  let agent: string | undefined
  let tell: (message: ToHost) => void = () => undefined

  const handOver = ({ chat, id, text }: Said): void => tell({ type: 'say', chat, id, text })

  function show(key: string, text: string): string {
    const before = shownByKey.get(key)
    if (before !== undefined && keysCount) return before
    visible.push(text)
    const platformMessageId = `message-${visible.length}`
    shownByKey.set(key, platformMessageId)
    return platformMessageId
  }

  function lastConfirmed(chat: string): number {
    const numbers = said.filter((one) => one.chat === chat && one.confirmed)
    return Math.max(0, ...numbers.map(({ number }) => number))
  }

  function hear(message: FromHost): void {
    if (message.type === 'ready') {
      if (agent !== undefined && agent !== message.agent) forgotten.push(`the agent ${agent}`)
      agent = message.agent
      for (const chat of chats) tell({ type: 'make-chat', chat })
    }
    if (message.type === 'chat-made') {
      const { chat, offset } = message
      made.add(chat)
      if (offset < lastConfirmed(chat)) forgotten.push(`an offset: ${chat} is at ${offset}`)
      for (const one of said) if (one.chat === chat && !one.confirmed) handOver(one)
    }
    if (message.type === 'confirmed') {
      const one = said.find(({ id }) => id === message.id)
      if (one !== undefined && message.outcome !== 'rejected') one.confirmed = true
    }
    if (message.type === 'deliver') {
      const { call, key, text } = message
      tell({ type: 'shown', call, platformMessageId: show(key, text) })
    }
  }

  return {
    record: { said, visible, forgotten },
    say(chat, count) {
      chats.add(chat)
      const first = said.filter((one) => one.chat === chat).length + 1
      const written = Array.from({ length: count }, (_, n) => newMessage(chat, first + n))
      said.push(...written)
    },
    isConfirmed: () => made.size === chats.size && said.every(({ confirmed }) => confirmed),
    attach(send) {
      tell = send
      made.clear()
      return hear
    },
  }
}
