import type { CentralSql } from '../central/write-tools.ts'
import type { Approval } from './types.ts'

/** Somebody's right: whose, and what it rests on. */
export interface Standing {
  readonly personId: string | undefined
  readonly isOwner: boolean
  /** An owner, an admin of all, or one of the agent. */
  readonly mayDecide: boolean
  /** Their direct chat with the bot, where it is known. */
  readonly directChatId: string | null
}

/** Somebody who can be asked. Lower ranks are asked first. */
export interface Decider {
  readonly userId: string
  readonly messagingGroupId: string
  /** 0: an admin of the agent, 1: one of all, 2: an owner. */
  readonly rank: number
}

interface Held {
  readonly role: string | null
  readonly agentGroupId: string | null
}

function rankOf({ role, agentGroupId }: Held, ofAgent: string | null): number | undefined {
  if (role === 'owner') return 2
  if (role !== 'admin') return undefined
  if (agentGroupId === '') return 1
  return agentGroupId === ofAgent && ofAgent !== null ? 0 : undefined
}

/** Who may decide, by the roles of the moment, inside the caller's transaction. */
export function createDeciders({ sql }: CentralSql) {
  function standing(userId: string, agentGroupId: string | null): Standing {
    const held = sql.rolesOfUser().all({ userId })
    return {
      personId: held[0]?.personId,
      directChatId: held[0]?.directChatId ?? null,
      isOwner: held.some(({ role }) => role === 'owner'),
      mayDecide: held.some((one) => rankOf(one, agentGroupId) !== undefined),
    }
  }
  return {
    standing,
    personOf: (userId: string): string | undefined => standing(userId, null).personId,
    /** Those whose direct chat is known, once for each account, by their best-suited role. */
    reachable({ agentGroupId, onUserId }: Approval): Decider[] {
      const asker = onUserId === null ? undefined : standing(onUserId, null)
      const found = new Map<string, Decider>()
      for (const one of sql.reachableDeciders().all({ agentGroupId })) {
        const rank = rankOf(one, agentGroupId)
        const isAsker = one.personId === asker?.personId && asker?.isOwner !== true
        if (rank === undefined || one.directChatId === null || isAsker) continue
        const known = found.get(one.userId)
        if (known !== undefined && known.rank <= rank) continue
        const { userId, directChatId: messagingGroupId } = one
        found.set(userId, { userId, messagingGroupId, rank })
      }
      return [...found.values()].toSorted((a, b) => a.rank - b.rank)
    },
  }
}

/** What {@link createDeciders} gives. */
export type Deciders = ReturnType<typeof createDeciders>
