import type { InboundContent, InboundKind, SystemContent } from './inbound.ts'

type Check = (value: unknown) => boolean

const isText: Check = (value) => typeof value === 'string'
const isWhole: Check = (value) => Number.isSafeInteger(value)
const isSize: Check = (value) => Number.isSafeInteger(value) && Number(value) >= 0
const isTruth: Check = (value) => typeof value === 'boolean'
const isThere: Check = (value) => value !== undefined

function optional(check: Check): Check {
  return (value) => value === undefined || check(value)
}

function oneOf(...texts: readonly string[]): Check {
  return (value) => typeof value === 'string' && texts.includes(value)
}

function listOf(check: Check): Check {
  return (value) => Array.isArray(value) && value.every(check)
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** An object with these fields; others are let be. */
function fields(checks: Readonly<Record<string, Check>>): Check {
  const entries = Object.entries(checks)
  return (value) => {
    if (!isObject(value)) return false
    for (const [name, check] of entries) if (!check(value[name])) return false
    return true
  }
}

const attachment = fields({
  type: isText,
  name: isText,
  mime: optional(isText),
  size: optional(isSize),
  localPath: optional(isText),
})

const chat = fields({
  text: isText,
  sender: isText,
  senderId: isText,
  attachments: optional(listOf(attachment)),
  replyTo: optional(
    fields({
      sender: isText,
      senderId: optional(isText),
      text: isText,
      seq: optional(isWhole),
    }),
  ),
  event: optional(oneOf('message', 'edit', 'delete', 'reaction')),
})

const undelivered = fields({ seq: isWhole, destination: isText, reason: isText })

const systemForms: Readonly<Record<SystemContent['type'], Check>> = {
  question_response: fields({ questionId: isText, selectedOption: isText, userId: isText }),
  action_result: fields({ actionId: isText, ok: isTruth, reason: optional(isText) }),
  command: fields({ command: oneOf('stop', 'clear', 'compact') }),
  approval_result: fields({}),
  output_held: fields({ reason: isText }),
  delivery_failed: undelivered,
  delivery_refused: undelivered,
}

function formOf(forms: Readonly<Record<string, Check>>, name: unknown): Check | undefined {
  return typeof name === 'string' && Object.hasOwn(forms, name) ? forms[name] : undefined
}

function system(value: unknown): boolean {
  return isObject(value) && formOf(systemForms, value.type)?.(value) === true
}

const forms: Readonly<Record<InboundKind, Check>> = {
  chat,
  'chat-sdk': chat,
  task: fields({ prompt: isText, script: optional(isText), scriptOutput: optional(isText) }),
  webhook: fields({ source: isText, event: isText, payload: isThere }),
  system,
}

function isInbound(row: {
  readonly kind: string
  readonly content: unknown
}): row is InboundContent {
  return formOf(forms, row.kind)?.(row.content) === true
}

/**
 * Reads an inbound row's content where only its form is asked and not what is off with it: undefined
 * for what `parseInboundContent` would refuse. Written by hand, because loading zod is a sixth of a
 * container's start; a test holds the two together. Throws nothing; fields it does not know are kept.
 */
export function readInboundContent(kind: string, json: string): InboundContent | undefined {
  let content: unknown
  try {
    content = JSON.parse(json)
  } catch {
    return undefined
  }
  const row = { kind, content }
  return isInbound(row) ? row : undefined
}
