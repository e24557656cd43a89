import type { InboundEvent } from '@nanoclaw/adapters'

/** Somebody's word on a request, before anybody has looked at whose it is. */
export interface Word {
  readonly decision: 'approve' | 'reject'
  /** The request and what was shown of it, or the code that was typed. */
  readonly of: { readonly id: string; readonly digest: string } | { readonly code: string }
}

const typed = /^\s*\/(approve|reject)(?:@\S+)?(?:\s+(\S+))?\s*$/iu
const pressed = /^(approve|reject):([0-9a-f]{64})$/u
const requestId = /^appr-/u

/** The word that an event is, if it is one: a press of a card's button, or `/approve CODE`. */
export function readWord(event: InboundEvent): Word | undefined {
  if (event.type === 'button' && requestId.test(event.questionId)) {
    const [, decision, digest = ''] = pressed.exec(event.value) ?? []
    const isApproval = decision === 'approve'
    return { decision: isApproval ? 'approve' : 'reject', of: { id: event.questionId, digest } }
  }
  if (event.type !== 'message') return undefined
  const [, decision, code = ''] = typed.exec(event.text) ?? []
  if (decision === undefined) return undefined
  const isApproval = decision.toLowerCase() === 'approve'
  return { decision: isApproval ? 'approve' : 'reject', of: { code: code.toLowerCase() } }
}
