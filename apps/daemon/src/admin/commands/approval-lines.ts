import type { Approval } from '@nanoclaw/core'
import { visible } from '../../screen/visible.ts'

/** All that a person has to know before they decide; nothing in it can hide. */
export function approvalLines(approval: Approval, agent: string | null): readonly string[] {
  const { id, action, code, digest, summary, reason, status, effect, onUserId } = approval
  const facts: readonly (readonly [string, string | null])[] = [
    ['Request', id],
    ['Action', action],
    ['What', summary],
    ['Why', reason],
    ['Agent', agent],
    ['On the word of', onUserId],
    ['State', status],
    ['Asked', approval.createdAt],
    ['Expires', status === 'pending' ? approval.expiresAt : null],
    ['Decided', approval.decidedAt && `${approval.decidedAt} by ${approval.deciderName}`],
    ['Done', approval.appliedAt],
    ['Error', approval.error],
    ['Code', code],
    ['Digest', digest],
  ]
  const told = facts.flatMap(([name, value]) =>
    value === null || value === '' ? [] : [`${`${name}:`.padEnd(16)} ${oneLine(value)}`],
  )
  return [...told, 'Exactly this:', ...effectLines(effect)]
}

/** Canonical JSON, laid out. What is no JSON stands as it is. */
function effectLines(effect: string): readonly string[] {
  return visible(laidOut(effect))
    .split('\n')
    .map((line) => `  ${line}`)
}

function laidOut(effect: string): string {
  try {
    return JSON.stringify(JSON.parse(effect), null, 2)
  } catch {
    return effect
  }
}

function oneLine(text: string): string {
  return visible(text.replaceAll('\n', ' '))
}
