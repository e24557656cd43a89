import type { z } from 'zod'
import { errorMessage, NanoclawError } from '../errors.ts'
import { inboundContent, type InboundContent } from './inbound.ts'
import { outboundContent, type OutboundContent } from './outbound.ts'

function parseRow<T>(schema: z.ZodType<T>, side: string, kind: string, json: string): T {
  let content: unknown
  try {
    content = JSON.parse(json)
  } catch (error) {
    throw new NanoclawError(
      'bad-content',
      `expected JSON as the content of an ${side} row of kind ${kind}, got text that is none (${errorMessage(error)})`,
      { cause: error },
    )
  }
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

/** Checks an inbound row's content. Throws `bad-content`, which names the fields that are off. */
export function parseInboundContent(kind: string, json: string): InboundContent {
  return parseRow(inboundContent, 'inbound', kind, json)
}

/** Checks an outbound row's content. Throws `bad-content`, which names the fields that are off. */
export function parseOutboundContent(kind: string, json: string): OutboundContent {
  return parseRow(outboundContent, 'outbound', kind, json)
}
