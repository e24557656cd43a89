import {
  RetryableDeliveryError,
  TerminalDeliveryError,
  UnknownOutcomeError,
  type ChannelAdapter,
} from '@nanoclaw/adapters'
import { createMemoryAdapter } from '@nanoclaw/adapters/memory'

/** What a platform does with one send; those called `taken` show it, though nobody is told. */
export type Outcome =
  'ok' | 'busy' | 'busy-for-long' | 'gone' | 'lost' | 'taken-lost' | 'late' | 'taken-late'

/** What a platform can do about sends that nobody knows the outcome of. */
export type Ability = 'none' | 'window' | 'look-up'

/** One call of the adapter. */
export interface Call {
  readonly key: string
  readonly wasGranted: boolean
  readonly wasDown: boolean
}

/** A platform that does as the commands say; it outlives the host. */
export class ScriptedPlatform {
  readonly adapter: ChannelAdapter
  readonly calls: Call[] = []
  /** How often each key is to be seen, in the order in which they first were. */
  readonly shown = new Map<string, number>()
  readonly script: Outcome[] = []
  isDown = false
  isGranted = true

  constructor(ability: Ability) {
    const idempotency = ability === 'window' ? { windowMs: 1e12 } : 'none'
    const { capabilities } = createMemoryAdapter({ queued: true, capabilities: { idempotency } })
    this.adapter = {
      channelType: 'test',
      instance: '',
      capabilities,
      start: async () => undefined,
      stop: async () => undefined,
      health: () => ({
        state: this.isDown ? 'down' : 'connected',
        since: '2026-01-31T12:00:00.000Z',
        ...(this.isDown && { why: 'away' }),
      }),
      deliver: async (_origin, _part, { key, signal }) => {
        this.calls.push({ key, wasGranted: this.isGranted, wasDown: this.isDown })
        const outcome = this.script.shift() ?? 'ok'
        if (outcome === 'busy') throw new RetryableDeliveryError('busy')
        if (outcome === 'busy-for-long') {
          throw new RetryableDeliveryError('busy', { retryAfterMs: 900 })
        }
        if (outcome === 'gone') throw new TerminalDeliveryError('gone')
        const isTaken = outcome === 'ok' || outcome.startsWith('taken')
        if (isTaken) this.#show(key, ability)
        if (outcome === 'ok') return { status: 'queued' }
        if (outcome === 'late' || outcome === 'taken-late') await aborted(signal)
        throw new UnknownOutcomeError('the answer was lost')
      },
      ...(ability === 'look-up' && {
        reconcile: async (key: string) =>
          this.shown.has(key) ? { outcome: 'sent' as const } : { outcome: 'not-sent' as const },
      }),
    }
  }

  #show(key: string, ability: Ability): void {
    const times = this.shown.get(key) ?? 0
    this.shown.set(key, ability === 'window' ? 1 : times + 1)
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
