import type { ChannelAdapter } from '../contract/adapter.ts'
import type { DeliveryUpdate } from '../contract/parts.ts'
import type { Promised } from './promised.ts'
import type { PlatformPost } from './harness.ts'
import type { Scene } from './scene.ts'

const KEY = 'queued-key'
const claimed = ({ capabilities }: ChannelAdapter): boolean => capabilities.deliveryReceipts

/** What becomes of something that was queued. */
export const receipts: readonly Promised[] = [
  {
    name: 'receipts, where claimed: deliver answers queued, and what arrived is told under its key',
    because: 'the ledger says delivered only of what the platform vouches for',
    claimed,
    async run(scene) {
      const platform = scene.need('settle')
      await scene.start()
      await platform.settle(await queue(scene), 'delivered')
      await told(scene, 'delivered')
    },
  },
  {
    name: 'receipts, where claimed: a late rejection is told under its key, with a reason',
    because: 'an agent believes that it was heard until somebody says otherwise',
    claimed,
    async run(scene) {
      const platform = scene.need('settle')
      await scene.start()
      await platform.settle(await queue(scene), 'failed')
      const update = await told(scene, 'failed')
      const reason = update.status === 'failed' ? update.reason : ''
      scene.check(reason !== '', 'The late rejection has no reason')
    },
  },
  {
    name: 'receipts, where claimed: one that comes after a crash still finds its key',
    because: 'receipts come hours later, and hosts are restarted',
    facets: ['crash'],
    claimed,
    async run(scene) {
      const platform = scene.need('settle', 'restart')
      await scene.start()
      const post = await queue(scene)
      scene.die()
      await scene.rise()
      await platform.settle(post, 'failed')
      await told(scene, 'failed')
    },
  },
]

async function queue({ say, posts, found, check }: Scene): Promise<PlatformPost> {
  const { status } = await say('marker-queued', { key: KEY })
  check(
    status === 'queued',
    `deliver() answered "${status}", and then a receipt has nothing to settle`,
  )
  return await found(() => posts('marker-queued')[0], 'The platform does not have the message')
}

async function told(
  { host, found }: Scene,
  status: DeliveryUpdate['status'],
): Promise<DeliveryUpdate> {
  const { update } = await found(
    () => host.updates.find((one) => one.key === KEY && one.update.status === status),
    `The platform reported "${status}", and deliveryUpdate() was not called with it and the key`,
  )
  return update
}
