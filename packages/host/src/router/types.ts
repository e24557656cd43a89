import type { ChannelAdapter, HandOverResult, InboundEvent } from '@nanoclaw/adapters'
import type { Core } from '@nanoclaw/core'
import type { HostLimits } from '../limits.ts'
import type { AppendRows } from './append-event.ts'
import type { Slash } from './slash/types.ts'

/** What the router needs: the rules. */
export interface RouterDeps {
  readonly core: Core
  readonly limits: Pick<HostLimits, 'contentBytes'>
  /** Default: what people say is all for agents. */
  readonly slash?: Slash
  /** It is known now in which chat somebody who is known is alone with the bot. */
  onDirectChat?(): void
}

/** Which channel an event comes from. */
export type FromChannel = Pick<ChannelAdapter, 'channelType' | 'instance'>

/**
 * Brings an event to every agent that it engages, one row each. Resolves when the rows are
 * durable (I2). Rejects only when nothing is known to be kept and the platform should send again;
 * what was kept the first time is recognised then.
 */
export type RouteEvent = (
  channel: FromChannel,
  event: InboundEvent,
  append: AppendRows,
) => Promise<HandOverResult>

/** The way of events to agents. */
export interface Router {
  /**
   * What a channel says of its chats and people with an event is kept where it is new; before anybody
   * looks at what it says.
   */
  arrive(channel: FromChannel, event: InboundEvent): Promise<void>
  readonly route: RouteEvent
}
