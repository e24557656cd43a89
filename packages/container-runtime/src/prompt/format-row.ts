import { join } from 'node:path'
import type { ChatContent, SystemContent, TaskContent, WebhookContent } from '@nanoclaw/schema'
import type { TurnRow } from '../provider.ts'
import { envelope, escapeAttribute, escapeText } from './escape.ts'
import type { LocalTime } from './local-time.ts'

/** What the prompt needs to know about where it is read. */
export interface PromptContext {
  readonly localTime: LocalTime
  /** Folder under which the agent finds attachments, as the agent sees it. */
  readonly inboxFolder: string
}

type Attachment = NonNullable<ChatContent['attachments']>[number]

function formatAttachment(attachment: Attachment, inboxFolder: string): string {
  const type = escapeAttribute(attachment.type)
  const name = escapeAttribute(attachment.name)
  const where =
    attachment.localPath === undefined
      ? 'not saved'
      : `saved to ${escapeAttribute(join(inboxFolder, attachment.localPath))}`
  return `[${type}: ${name} — ${where}]`
}

function formatChat(row: TurnRow, content: ChatContent, context: PromptContext): string {
  const { replyTo, event } = content
  const lines: string[] = []
  if (replyTo !== undefined) {
    const about = { sender: replyTo.sender, id: replyTo.seq }
    lines.push(envelope('reply-to', about, escapeText(replyTo.text)))
  }
  if (content.text !== '') lines.push(escapeText(content.text))
  for (const attachment of content.attachments ?? []) {
    lines.push(formatAttachment(attachment, context.inboxFolder))
  }
  const attributes = {
    id: row.seq,
    from: row.from,
    sender: content.sender,
    time: context.localTime.show(row.timestamp),
    event: event === 'message' ? undefined : event,
  }
  return envelope('message', attributes, lines.join('\n'))
}

function formatTask(row: TurnRow, content: TaskContent, context: PromptContext): string {
  const output =
    content.scriptOutput === undefined
      ? ''
      : `\n${envelope('script-output', {}, escapeText(content.scriptOutput))}`
  const attributes = {
    id: row.seq,
    from: row.from,
    time: context.localTime.show(row.timestamp),
  }
  return envelope('task', attributes, `${escapeText(content.prompt)}${output}`)
}

function formatWebhook(row: TurnRow, content: WebhookContent, context: PromptContext): string {
  const attributes = {
    id: row.seq,
    from: row.from,
    source: content.source,
    event: content.event,
    time: context.localTime.show(row.timestamp),
  }
  return envelope('webhook', attributes, escapeText(JSON.stringify(content.payload) ?? 'null'))
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}

function systemText(content: SystemContent): string {
  switch (content.type) {
    case 'question_response':
      return `Question ${content.questionId} was answered: ${content.selectedOption} (by ${content.userId}).`
    case 'action_result':
      return content.ok
        ? `Action ${content.actionId} was done. ${asText(content.result)}`.trim()
        : `Action ${content.actionId} was not done: ${content.reason ?? asText(content.result)}`
    case 'delivery_failed':
      return `Your message ${content.seq} to ${content.destination} could not be delivered: ${content.reason}`
    case 'delivery_refused':
      return `Your message ${content.seq} to ${content.destination} was refused and not delivered: ${content.reason}`
    case 'output_held':
      return `Your messages are held back for now: ${content.reason}`
    case 'command':
      return `Command: ${content.command}`
    case 'approval_result': {
      const { type, ...rest } = content
      return `${type}: ${JSON.stringify(rest)}`
    }
  }
}

function formatSystem(row: TurnRow, content: SystemContent, context: PromptContext): string {
  const attributes = {
    id: row.seq,
    type: content.type,
    time: context.localTime.show(row.timestamp),
  }
  return envelope('system_response', attributes, escapeText(systemText(content)))
}

/** One row as the model reads it (session protocol §6). */
export function formatRow(row: TurnRow, context: PromptContext): string {
  const { entry } = row
  switch (entry.kind) {
    case 'chat':
    case 'chat-sdk':
      return formatChat(row, entry.content, context)
    case 'task':
      return formatTask(row, entry.content, context)
    case 'webhook':
      return formatWebhook(row, entry.content, context)
    case 'system':
      return formatSystem(row, entry.content, context)
    case 'unreadable': {
      const time = context.localTime.show(row.timestamp)
      const attributes = { id: row.seq, from: row.from, time, event: 'unreadable' }
      return envelope('message', attributes, escapeText(entry.content.raw))
    }
  }
}
