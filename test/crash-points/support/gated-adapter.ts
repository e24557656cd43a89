import type { AdapterContext, ChannelAdapter } from '@nanoclaw/adapters'
import type { Death } from './death.ts'

/** The context whose calls by the adapter are counted; what comes of a dead host confirms nothing. */
function gateContext(ctx: AdapterContext, death: Death): AdapterContext {
  return {
    ...ctx,
    handOver: (event) => death.pass('adapter.handOver', () => ctx.handOver(event)),
    deliveryUpdate: (key, update) =>
      death.pass('adapter.deliveryUpdate', () => ctx.deliveryUpdate(key, update)),
  }
}

/** An adapter that dies with its process: what reaches the platform has reached it, the rest not. */
export function gateAdapter(adapter: ChannelAdapter, death: Death): ChannelAdapter {
  const { channelType, instance, capabilities } = adapter
  const reconcile = adapter.reconcile?.bind(adapter)
  return {
    channelType,
    instance,
    capabilities,
    start: (ctx) => death.pass('adapter.start', () => adapter.start(gateContext(ctx, death))),
    // The platform of a dead process knows nothing of its stop.
    stop: async () => (death.isDead ? undefined : adapter.stop()),
    health: () => adapter.health(),
    deliver: (origin, part, options) =>
      death.pass('adapter.deliver', () => adapter.deliver(origin, part, options)),
    ...(reconcile !== undefined && {
      reconcile: (key: string) => death.pass('adapter.reconcile', () => reconcile(key)),
    }),
  }
}
