import type { ChatWords, Core, Logger, OutboundReader, Session } from '@nanoclaw/core'
import type { Actions } from '../actions/actions.ts'
import type { Channels } from '../channels/channels.ts'
import type { MissingChannels } from '../delivery/missing-channels.ts'
import type { OpenQuestions } from '../delivery/open-questions.ts'
import type { PolicyOf } from '../delivery/policies.ts'
import type { UnderWay } from '../delivery/under-way.ts'
import type { RunnerProgram, SessionDriver } from '../drivers/port.ts'
import type { HostLimits } from '../limits.ts'
import type { LoopBudget } from '../loop-budget.ts'
import type { HostSettings } from '../settings.ts'
import type { PostOffice } from '../mail/post-office.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import type { Slots } from './slots.ts'

/** What a session's actor needs of the rest of the host. */
export interface ActorDeps {
  readonly core: Core
  readonly channels: Channels
  readonly reader: OutboundReader
  readonly driver: SessionDriver
  readonly runner: RunnerProgram
  readonly slots: Slots
  readonly settings: HostSettings
  readonly limits: HostLimits
  /** How each channel delivers. */
  readonly policyOf: PolicyOf
  readonly underWay: UnderWay
  readonly missingChannels: MissingChannels
  readonly questions: OpenQuestions
  readonly postOffice: PostOffice
  readonly actions: Actions
  /** What the host says in chats that cannot be answered; undefined: nothing. */
  readonly chatWords: ChatWords | undefined
  readonly logger: Logger
  /** What sessions do takes turns by it. */
  readonly loop: LoopBudget
  readonly telemetry: Telemetry
  /** An earlier process has put the session into quarantine. */
  readonly isQuarantined: boolean
  /** 0 to 1. */
  random(): number
  /** Tells the operator, once per incident. */
  trouble(session: Session, kind: string, message: string): void
  /** The same; resolves when it is kept, rejects when it cannot be. */
  keepTrouble(session: Session, kind: string, message: string): Promise<void>
  /** Tells the operator that a kind of trouble is over. */
  recovered(session: Session, kind: string): void
  onQuarantine(sessionId: string): void
  /** It has been put away, with a time at which it is to be woken. */
  onRetired(): void
  /** Something has ended or begun: it may be quiet or retirable now. */
  onChange(): void
}
