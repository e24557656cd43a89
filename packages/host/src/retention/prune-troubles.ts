import type { Core, PrunableSession } from '@nanoclaw/core'

const kind = 'retention-failed'

/** The incidents of a pruner: one a session, open until it can be pruned, or need not be. */
export interface PruneTroubles {
  open(session: PrunableSession, message: string): Promise<void>
  /** A session could be pruned. Where that cannot be noted now, `resolveOver` does. */
  end(sessionId: string): Promise<void>
  /** Resolves those of sessions that could be pruned, and of agents that keep things for ever. */
  resolveOver(): Promise<void>
}

interface Trouble {
  readonly agentGroupId: string | null
  isOver: boolean
}

/** Makes them; those that an earlier life has left open are read with the first `resolveOver`. */
export function createPruneTroubles(core: Pick<Core, 'agents' | 'incidents'>): PruneTroubles {
  let known: Map<string, Trouble> | undefined
  const troubles = async (): Promise<Map<string, Trouble>> => {
    if (known !== undefined) return known
    const found = (await core.incidents.list({ open: true })).filter((one) => one.kind === kind)
    known ??= new Map(
      found.map(({ subject, agentGroupId }) => [subject, { agentGroupId, isOver: false }]),
    )
    return known
  }
  const resolve = async (sessionId: string): Promise<void> => {
    await core.incidents.resolve(kind, sessionId)
    known?.delete(sessionId)
  }
  return {
    async open({ sessionId, agentGroupId }, message) {
      const open = await troubles()
      open.set(sessionId, { agentGroupId, isOver: false })
      const subject = sessionId
      await core.incidents.open({ kind, subject, message, sessionId, agentGroupId })
    },
    async end(sessionId) {
      const trouble = (await troubles()).get(sessionId)
      if (trouble === undefined) return
      trouble.isOver = true
      await resolve(sessionId)
    },
    async resolveOver() {
      const open = await troubles()
      if (open.size === 0) return
      const agents = await core.agents.list()
      const forEver = new Set(
        agents.flatMap(({ id, retentionDays }) => (retentionDays === null ? [id] : [])),
      )
      for (const [sessionId, { agentGroupId, isOver }] of open) {
        if (isOver || forEver.has(agentGroupId ?? '')) await resolve(sessionId)
      }
    },
  }
}
