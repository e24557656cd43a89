import { changes, handsOver, withContext, type Broken } from '../support/break-adapter.ts'

/** Files that people send, and what becomes of what was queued, broken. */
export const brokenFilesAndReceipts: readonly Broken[] = [
  {
    test: 'an attachment comes with its declared name, type and size, and its bytes as a stream',
    says: /declared as .*"passwd\.png"/,
    wrap: changes((event) =>
      event.type === 'message'
        ? {
            ...event,
            attachments: event.attachments.map((one) => ({ ...one, name: 'passwd.png' })),
          }
        : event,
    ),
  },
  {
    test: 'an attachment is fetched only when the host opens it',
    says: /fetched 1 files/,
    wrap: handsOver(async (event, handOver) => {
      const attachments = event.type === 'message' ? event.attachments : []
      for (const one of attachments) {
        for await (const _chunk of await one.open());
      }
      return await handOver(event)
    }),
  },
  {
    test: 'receipts, where claimed: deliver answers queued, and what arrived is told under its key',
    says: /reported "delivered", and deliveryUpdate\(\) was not called/,
    options: { queued: true },
    wrap: (memory) => withContext(memory, () => ({ deliveryUpdate: async () => {} })),
  },
  {
    test: 'receipts, where claimed: a late rejection is told under its key, with a reason',
    says: /has no reason/,
    options: { queued: true },
    wrap: (memory) =>
      withContext(memory, (ctx) => ({
        deliveryUpdate: (key) => ctx.deliveryUpdate(key, { status: 'failed', reason: '' }),
      })),
  },
  {
    test: 'receipts, where claimed: one that comes after a crash still finds its key',
    says: /reported "failed", and deliveryUpdate\(\) was not called/,
    options: { queued: true },
    wrap: (memory, restarted) =>
      restarted ? withContext(memory, () => ({ deliveryUpdate: async () => {} })) : memory,
  },
]
