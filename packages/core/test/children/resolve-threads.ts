import { createCore } from '../../src/index.ts'

/** Resolves the sessions of many threads at once and sends their ids to the parent. */
const [home = '', agentGroupId = '', messagingGroupId = '', count = '0'] = process.argv.slice(2)
const core = await createCore({ home })
const resolved = await Promise.all(
  Array.from({ length: Number(count) }, (_, index) =>
    core.resolveSession({
      agentGroupId,
      messagingGroupId,
      threadId: `thread-${index}`,
      sessionMode: 'per-thread',
    }),
  ),
)
await core.close()
process.send?.(resolved.map(({ session }) => session.id))
process.disconnect()
