/** How messages are delivered; may be set for each channel. Times are in milliseconds. */
export interface DeliveryPolicy {
  /**
   * Tries of a delivery until it fails, those of unknown outcome included; a whole number from 1.
   * Default 10.
   */
  readonly maxAttempts: number
  /**
   * First pause after a try that sent nothing, from 1; it doubles, up to the longest. Default 8 s:
   * with ten tries some 54 minutes in all.
   */
  readonly retryBaseMs: number
  /** The longest pause between two tries, whatever the platform asks for, from 1. Default 20 minutes. */
  readonly retryLongestMs: number
  /** One call of an adapter, from 1; after it the outcome is unknown. Default 30 s. */
  readonly deliveryTimeoutMs: number
  /**
   * What becomes of a send whose outcome stays unknown: `retry` sends it again, and marks it; `ask`
   * leaves it to a person. Default `retry`.
   */
  readonly unknownOutcome: 'retry' | 'ask'
}

/**
 * What an operator may set, besides `HostLimits`. Times are in milliseconds, up to 2,147,483,647 (24.8 days), which is the
 * longest that a timer waits; `createHost` refuses others.
 */
export interface HostSettings extends DeliveryPolicy {
  /**
   * An idle container is ended after this long, from 0. `Infinity`: only when its slot is wanted, or
   * the host stops. Default 5 minutes.
   */
  readonly idleMs: number
  /** What a container gets to finish its turn when it is asked to end, from 0. Default 10 s. */
  readonly graceMs: number
  /**
   * How often running containers are looked at, from 1; the safety net under the doorbell.
   * Default 2 s.
   */
  readonly tickMs: number
  /** A container without a heartbeat for this long, from 1, is ended. Default 30 s. */
  readonly heartbeatMs: number
  /**
   * How long somebody else's lock on `inbound.db` is borne before the container is ended, from 0.
   * Default 3 s.
   */
  readonly busyMs: number
  /**
   * People who wait while containers fail are told so after this long, from 1. Default 1 minute.
   */
  readonly unansweredMs: number
  /** A channel that is not connected for longer than this, from 1, is an incident. Default 5 minutes. */
  readonly channelDownMs: number
  /**
   * A channel that is not connected is stopped and started again after this long, from 1; the pause
   * doubles up to an hour. Default 5 minutes.
   */
  readonly channelRestartMs: number
  /**
   * A channel that says it is connected, but gives no new `lastProof` for so long, from 1, is started
   * again to prove itself; `Infinity`: never. Default 6 hours.
   */
  readonly channelSilentMs: number
  /** IANA zone of the agents' times. Default: the machine's. */
  readonly timezone: string
}

/** The settings of an operator who has set none. */
export function defaultSettings(): HostSettings {
  return {
    idleMs: 300_000,
    graceMs: 10_000,
    deliveryTimeoutMs: 30_000,
    maxAttempts: 10,
    retryBaseMs: 8_000,
    retryLongestMs: 1_200_000,
    unknownOutcome: 'retry',
    tickMs: 2_000,
    heartbeatMs: 30_000,
    busyMs: 3_000,
    unansweredMs: 60_000,
    channelDownMs: 300_000,
    channelRestartMs: 300_000,
    channelSilentMs: 21_600_000,
    timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  }
}
