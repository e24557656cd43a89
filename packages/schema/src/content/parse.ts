import type { z } from 'zod'
import { errorMessage, NanoclawError } from '../errors.ts'
import { inboundContent, type InboundContent } from './inbound.ts'
import { outboundContent, type OutboundContent } from './outbound.ts'

function parseJson(side: string, kind: string, json: string): unknown {
  try {
    return JSON.parse(json)
  } catch (error) {
    throw new NanoclawError(
      'bad-content',
      `expected JSON as the content of an ${side} row of kind ${kind}, got text that is none (${errorMessage(error)})`,
      { cause: error },
    )
  }
}

function check<T>(schema: z.ZodType<T>, side: string, kind: string, content: unknown): T {
  const parsed = schema.safeParse({ kind, content })
  if (parsed.success) return parsed.data
  const issues = parsed.error.issues
    .slice(0, 3)
    .map((issue) => `${issue.path.join('.') || 'row'}: ${issue.message}`)
  throw new NanoclawError(
    'bad-content',
    `the content of an ${side} row of kind ${kind} is not of that kind's form: ${issues.join('; ')}`,
  )
}

/** Whether something has these fields and no others, each a text: what almost every message is. */
function hasJustTexts<Name extends string>(
  content: unknown,
  names: readonly Name[],
): content is Record<Name, string> {
  if (typeof content !== 'object' || content === null) return false
  if (Object.keys(content).length !== names.length) return false
  return names.every(
    (name) => Object.hasOwn(content, name) && typeof Reflect.get(content, name) === 'string',
  )
}

/** Checks an inbound row's content. Throws `bad-content`, which names the fields that are off. */
export function parseInboundContent(kind: string, json: string): InboundContent {
  const content = parseJson('inbound', kind, json)
  if (kind === 'chat' && hasJustTexts(content, ['text', 'sender', 'senderId'])) {
    return { kind, content }
  }
  return check(inboundContent, 'inbound', kind, content)
}

/** Checks an outbound row's content. Throws `bad-content`, which names the fields that are off. */
export function parseOutboundContent(kind: string, json: string): OutboundContent {
  const content = parseJson('outbound', kind, json)
  if (kind === 'chat' && hasJustTexts(content, ['text'])) return { kind, content }
  return check(outboundContent, 'outbound', kind, content)
}
