/** What the far side tells the host's process. */
export type ToHost =
  | { readonly type: 'say'; readonly chat: string; readonly id: string; readonly text: string }
  | { readonly type: 'shown'; readonly call: number; readonly platformMessageId: string }
  /** Make this chat, with a wiring to the agent, where it is missing. */
  | { readonly type: 'make-chat'; readonly chat: string }
  /** Say `quiet` when nothing is under way in any chat. */
  | { readonly type: 'await-quiet' }
  | { readonly type: 'stop' }

/** What the host's process tells the far side. */
export type FromHost =
  /** It takes messages; the offsets are what the adapter kept, by chat. */
  | { readonly type: 'ready'; readonly agent: string }
  | { readonly type: 'confirmed'; readonly id: string; readonly outcome: string }
  | {
      readonly type: 'deliver'
      readonly call: number
      readonly chat: string
      readonly key: string
      readonly text: string
    }
  | { readonly type: 'chat-made'; readonly chat: string; readonly offset: number }
  | { readonly type: 'quiet' }
