import type { AdapterDefinition, ChannelAdapter } from '@nanoclaw/adapters'
import { pigeonOptions, type PigeonOptions } from '../../../examples/own-channel/src/options.ts'
import { createPigeonAdapter } from '../../../examples/own-channel/src/pigeon-adapter.ts'

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
  readonly service: PigeonOptions
  readonly claims: Claims
}

function isClaims(value: unknown): value is Claims {
  const { windowMs, lookUp, textLength }: Record<string, unknown> = Object(value)
  const isWindow = windowMs === null || typeof windowMs === 'number'
  return isWindow && typeof lookUp === 'boolean' && typeof textLength === 'number'
}

/** The adapter of the example, on a platform that can do what the options say. */
export const adapter: AdapterDefinition<Options> = {
  channelType: 'torture',
  options: {
    '~standard': {
      version: 1,
      vendor: 'torture',
      validate(value) {
        const { service, claims }: Record<string, unknown> = Object(value)
        const { data } = pigeonOptions.safeParse(service)
        return data !== undefined && isClaims(claims)
          ? { value: { service: data, claims } }
          : { issues: [{ message: 'expected service {url, token} and claims' }] }
      },
    },
  },
  create({ service, claims }, identity): ChannelAdapter {
    const pigeon = createPigeonAdapter(service, identity)
    const { reconcile, ...others } = pigeon
    const { windowMs, lookUp, textLength } = claims
    return {
      ...others,
      ...(lookUp && reconcile !== undefined && { reconcile }),
      channelType: 'torture',
      capabilities: {
        ...pigeon.capabilities,
        threads: false,
        edits: false,
        reactions: false,
        textLength,
        idempotency: windowMs === null ? 'none' : { windowMs },
      },
    }
  },
}
