/** States of an inbound row. */
export type InboundStatus = 'pending' | 'completed' | 'failed' | 'paused'

/** States of an outbound row's delivery, in the host's ledger. */
export type DeliveryStatus =
  'queued' | 'sending' | 'retrying' | 'delivered' | 'failed' | 'refused' | 'ambiguous'

/** States of a row in the runner's acknowledgements. */
export type AckStatus = 'processing' | 'completed' | 'failed'

/** States of a turn. */
export type TurnStatus = 'running' | 'completed' | 'failed' | 'interrupted'

/** How the sessions of a wiring are cut (session protocol §9). */
export type SessionMode = 'shared' | 'per-thread' | 'agent-shared'

/** When an agent answers in a chat. */
export type EngageMode = 'always' | 'mention' | 'mention-sticky' | 'pattern'

/** What becomes of messages of people who are no members, in a chat. */
export type UnknownSenders = 'strict' | 'request_approval' | 'public'

/** What a person may: `owner` and `admin` decide, `member` may be heard. */
export type Role = 'owner' | 'admin' | 'member'

/** What becomes of something that an agent asks for. */
export type ActionPolicy = 'deny' | 'ask' | 'allow'

/** States of a request to a person. */
export type ApprovalStatus = 'pending' | 'approved' | 'rejected' | 'expired' | 'applied' | 'failed'
