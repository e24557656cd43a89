import { NanoclawError, timestamp } from '@nanoclaw/schema/plain'
import type { AgentRows } from '../agents/agent-rows.ts'
import { audit } from '../audit/audit-writes.ts'
import type { WriteTools } from '../central/write-tools.ts'
import { policyRules, ruleOf, type PolicyRows } from './policy-rows.ts'
import type { NewPolicy, Policy } from './types.ts'

function check(action: string, policy: string): void {
  const rule = ruleOf(action)
  if (rule === undefined) {
    throw new NanoclawError(
      'bad-option',
      `expected one of ${Object.keys(policyRules).join(', ')}, got ${JSON.stringify(action)}`,
    )
  }
  if (rule.allowed.some((one) => one === policy)) return
  throw new NanoclawError(
    'bad-option',
    `expected ${rule.allowed.join(' or ')} for ${action}, got ${JSON.stringify(policy)}`,
  )
}

/** What is written of policies. */
export function policyWrites(tools: WriteTools, agents: AgentRows, rows: PolicyRows) {
  return {
    set({ agentGroupId = '', action, policy, by }: NewPolicy): Policy {
      check(action, policy)
      if (agentGroupId !== '') agents.require(agentGroupId)
      const before = rows.find(agentGroupId, action)?.policy
      const set: Policy = { agentGroupId, action, policy, setAt: timestamp(tools.clock) }
      tools.sql.putPolicy().run({ ...set })
      audit(tools, {
        kind: 'policy-set',
        actor: by,
        subject: action,
        details: { agentGroupId, policy, before },
      })
      return set
    },
  }
}
