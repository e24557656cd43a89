import type { Agent } from '@nanoclaw/core'

/** What is set of an agent, for a screen. */
export function agentFacts(agent: Agent): (readonly [string, string])[] {
  const { name, id, folder, provider, isAdmin, unaddressedOutput, onInterrupted } = agent
  const { retentionDays, archive, createdAt } = agent
  const kept = retentionDays === null ? 'for ever' : `${retentionDays} days`
  return [
    ['Agent', name],
    ['Id', id],
    ['Folder', folder],
    ['Provider', provider],
    ['Admin', isAdmin ? 'yes' : 'no'],
    ['Kept', retentionDays === null || !archive ? kept : `${kept}, then archived`],
    ['Unaddressed', unaddressedOutput],
    ['Interrupted', onInterrupted],
    ['Since', createdAt],
  ]
}
