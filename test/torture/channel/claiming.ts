import type { AdapterDefinition, ChannelAdapter } from '@nanoclaw/adapters'

/** What the platform of this run can do. */
export interface Claims {
  /** Milliseconds; null: it shows every send. */
  readonly windowMs: number | null
  /** Whether a send can be looked up by its key. */
  readonly lookUp: boolean
  /** Longest text of one message. */
  readonly textLength: number
}

interface Options {
  /** Of the adapter inside, as its schema gave them. */
  readonly service: unknown
  readonly claims: Claims
}

function isClaims(value: unknown): value is Claims {
  const { windowMs, lookUp, textLength }: Record<string, unknown> = Object(value)
  const isWindow = windowMs === null || typeof windowMs === 'number'
  return isWindow && typeof lookUp === 'boolean' && typeof textLength === 'number'
}

/** An adapter, on a platform that can do what the options say. */
export function claiming(inner: AdapterDefinition): AdapterDefinition<Options> {
  return {
    channelType: 'torture',
    options: {
      '~standard': {
        version: 1,
        vendor: 'torture',
        async validate(value) {
          const { service, claims }: Record<string, unknown> = Object(value)
          if (!isClaims(claims)) return { issues: [{ message: 'expected claims' }] }
          const checked = await inner.options['~standard'].validate(service)
          if (checked.issues !== undefined) return checked
          return { value: { service: checked.value, claims } }
        },
      },
    },
    create({ service, claims }, identity): ChannelAdapter {
      const { reconcile, ...adapter } = inner.create(service, identity)
      const { windowMs, lookUp, textLength } = claims
      return {
        ...adapter,
        ...(lookUp && reconcile !== undefined && { reconcile }),
        channelType: 'torture',
        capabilities: {
          ...adapter.capabilities,
          threads: false,
          edits: false,
          reactions: false,
          textLength,
          idempotency: windowMs === null ? 'none' : { windowMs },
        },
      }
    },
  }
}
