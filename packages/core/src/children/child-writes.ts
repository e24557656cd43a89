import { timestamp } from '@nanoclaw/schema/plain'
import { applyOnce } from '../approvals/apply-once.ts'
import { audit } from '../audit/audit-writes.ts'
import { present } from '../central/narrow.ts'
import { toDestination } from '../destinations/destination-rows.ts'
import { grantDestination, type DestinationDeps } from '../destinations/grant-destination.ts'
import type { ChildOutcome, NewChild } from './types.ts'

/** What the child calls the agent that has asked for it. */
const parentName = 'parent'

/** What an action has made; it has been applied. */
export function childMade(
  {
    agents,
    rows,
    sql,
  }: Pick<DestinationDeps, 'agents' | 'rows'> & Pick<DestinationDeps['tools'], 'sql'>,
  parentId: string,
  name: string,
): ChildOutcome | undefined {
  for (const { id } of sql.childrenNamed().all({ parentId, name })) {
    const agent = agents.findLive(id)
    const row = rows.liveByTarget(parentId, { type: 'agent', agentGroupId: id })
    if (agent !== undefined && row !== undefined) {
      return { outcome: 'created', agent, destination: toDestination(row) }
    }
  }
  return undefined
}

/** Why an agent may not have one more. */
export function childRefusal(
  { agents, sql }: Pick<DestinationDeps, 'agents'> & Pick<DestinationDeps['tools'], 'sql'>,
  parentId: string,
  mostChildren: number,
): string | undefined {
  const parent = agents.findLive(parentId)
  if (parent?.isAdmin !== true) {
    return 'only an admin agent may have agents made; whoever runs this makes it one with "nanoclaw agents set --admin"'
  }
  const children = sql.countChildren().get({ parentId })?.count ?? 0
  if (children < mostChildren) return undefined
  return `it has had ${children} agents made, and ${mostChildren} are the most; one of them has to be removed first`
}

/** What is written of agents that agents ask for. */
export function childWrites(deps: DestinationDeps) {
  const { tools, agents } = deps
  const { sql, clock } = tools
  const refuse = (reason: string): ChildOutcome => ({ outcome: 'refused', reason })
  return {
    /** `id`: the new agent's. */
    create({ spec, actionId, sessionId, mostChildren }: NewChild, id: string): ChildOutcome {
      const { parentId, name, folder, provider } = spec
      const parent = agents.require(parentId)
      if (sql.actionApplied().get({ actionId }) !== undefined) {
        const gone = `it was made before, and removed`
        return childMade({ ...deps, sql }, parentId, name) ?? refuse(gone)
      }
      const refusal = childRefusal({ ...deps, sql }, parentId, mostChildren)
      if (refusal !== undefined) return refuse(refusal)
      if (agents.folderTaken(folder))
        return refuse(`an agent with the folder ${folder} is there already`)
      applyOnce(tools, { actionId, sessionId, action: 'create_agent' })
      const createdAt = timestamp(clock)
      sql.insertAgent().run({ id, name, folder, agentProvider: provider, isAdmin: 0, createdAt })
      sql.setAgentParent().run({ id, parentId })
      const target = { type: 'agent', agentGroupId: id } as const
      const { destination } = grantDestination(deps, { agentGroupId: parentId, target })
      grantDestination(deps, {
        agentGroupId: id,
        target: { type: 'agent', agentGroupId: parentId },
        localName: parentName,
        displayName: parent.name,
      })
      const details = { name, folder, provider, parentId, actionId }
      audit(tools, { kind: 'agent-created', actor: parentId, subject: id, details })
      return { outcome: 'created', agent: present(agents.findLive(id), 'the agent'), destination }
    },
  }
}
