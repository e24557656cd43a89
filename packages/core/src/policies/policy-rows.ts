import type { ActionPolicy } from '@nanoclaw/schema/plain'
import { oneOf } from '../central/narrow.ts'
import type { CentralSql } from '../central/write-tools.ts'
import type { Policy, PolicyAction } from './types.ts'

const policyNames = ['deny', 'ask', 'allow'] as const

/** Which policies an action may have. */
export interface PolicyRule {
  /** Where nobody has said another. */
  readonly standard: ActionPolicy
  readonly allowed: readonly ActionPolicy[]
}

/** What has no rule is denied. */
export const policyRules: Readonly<Record<PolicyAction, PolicyRule>> = {
  create_agent: { standard: 'ask', allowed: policyNames },
  outside_when: { standard: 'deny', allowed: ['deny', 'ask'] },
  ambiguous_delivery: { standard: 'ask', allowed: ['deny', 'ask'] },
  unknown_sender: { standard: 'ask', allowed: ['deny', 'ask'] },
}

/** The rule of an action; undefined where nobody knows it. */
export function ruleOf(action: string): PolicyRule | undefined {
  return Object.entries(policyRules).find(([name]) => name === action)?.[1]
}

/** What is looked up of policies. */
export function policyRows({ sql }: CentralSql) {
  const toPolicy = ({ policy, ...row }: Omit<Policy, 'policy'> & { policy: string }): Policy => ({
    ...row,
    policy: oneOf(policyNames, policy, 'action_policies.policy'),
  })
  const find = (agentGroupId: string, action: string): Policy | undefined => {
    const row = sql.policyOf().get({ agentGroupId, action })
    return row && toPolicy(row)
  }
  return {
    find,
    all: (): Policy[] => sql.allPolicies().all().map(toPolicy),
    /** Fails closed: what a file says that no release may say is `deny`. */
    effective(agentGroupId: string, action: string): ActionPolicy {
      const rule = ruleOf(action)
      if (rule === undefined) return 'deny'
      const set = find(agentGroupId, action) ?? find('', action)
      if (set === undefined) return rule.standard
      return rule.allowed.includes(set.policy) ? set.policy : 'deny'
    },
  }
}

/** What {@link policyRows} gives. */
export type PolicyRows = ReturnType<typeof policyRows>
