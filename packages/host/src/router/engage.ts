import type { InboundEvent } from '@nanoclaw/adapters'
import { compilePattern, type Core, type EngagePattern, type Wiring } from '@nanoclaw/core'
import { errorMessage } from '@nanoclaw/schema'

/** Which agents answer what. */
export interface Engagement {
  /** Whether an agent answers an event. */
  engages(wiring: Wiring, event: InboundEvent): Promise<boolean>
  /** An event that engages is given to the agent: where it was spoken to by name, it goes on to listen. */
  given(wiring: Wiring, event: InboundEvent): Promise<void>
}

const mostPatterns = 1_000

/** What can be looked through for a pattern. */
function textOf(event: InboundEvent): string | undefined {
  return event.type === 'message' || event.type === 'edit' ? event.text : undefined
}

/**
 * The engage modes. What cannot be decided never engages: an agent that stays silent is found, one
 * that answers everything is a nuisance (I13, W4).
 */
export function createEngagement(core: Pick<Core, 'wirings' | 'incidents'>): Engagement {
  const patterns = new Map<string, Promise<EngagePattern | undefined>>()

  async function compile({ id, agentGroupId }: Wiring, pattern: string) {
    try {
      return await compilePattern(pattern)
    } catch (error) {
      const message = `the agent is not asked by this wiring: ${errorMessage(error)}`
      await core.incidents.open({ kind: 'bad-pattern', subject: id, agentGroupId, message })
      return undefined
    }
  }

  async function matches(wiring: Wiring, text: string | undefined): Promise<boolean> {
    const pattern = wiring.engagePattern
    if (text === undefined || pattern === null) return false
    const known = patterns.get(pattern)
    if (known !== undefined) return (await known)?.(text) ?? false
    if (patterns.size >= mostPatterns) patterns.clear()
    const compiling = compile(wiring, pattern)
    patterns.set(pattern, compiling)
    // What went wrong may not do so again: only an answer is kept.
    compiling.catch(() => patterns.delete(pattern))
    return (await compiling)?.(text) ?? false
  }

  return {
    async engages(wiring, event) {
      switch (wiring.engageMode) {
        case 'always':
          return true
        case 'mention':
          return event.addressed !== 'none'
        case 'mention-sticky':
          return event.addressed !== 'none' || core.wirings.isEngaged(wiring.id, event.threadId)
        case 'pattern':
          return matches(wiring, textOf(event))
        default:
          return wiring.engageMode satisfies never
      }
    },
    async given(wiring, event) {
      if (wiring.engageMode !== 'mention-sticky' || event.addressed === 'none') return
      if (await core.wirings.isEngaged(wiring.id, event.threadId)) return
      await core.wirings.engage(wiring.id, event.threadId)
    },
  }
}
