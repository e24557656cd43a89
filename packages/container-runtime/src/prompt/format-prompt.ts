import type { OutputProblem } from '../parser/parse-output.ts'
import type { TurnRow } from '../provider.ts'
import { envelope, escapeAttribute, escapeText } from './escape.ts'
import { formatRow, type PromptContext } from './format-row.ts'

/** What an interrupted run of the same turn left behind. */
export interface InterruptedTurn {
  /** What it had sent, oldest first. */
  readonly sent: readonly { readonly seq: number; readonly to: string; readonly text: string }[]
  /** Names of tools it had begun whose end is unknown, or whose effects nobody can undo. */
  readonly begun: readonly string[]
}

/** What the first prompt of a turn is made of. */
export interface PromptInput {
  /** In `seq` order. */
  readonly rows: readonly TurnRow[]
  /** How many older rows of context were left out. Default 0. */
  readonly omitted?: number
  readonly interrupted?: InterruptedTurn | undefined
}

function clip(text: string): string {
  return text.length > 2000 ? `${text.slice(0, 2000)}…` : text
}

function formatInterrupted(turn: InterruptedTurn): string {
  const lines = [
    'An earlier try at answering these messages was cut off. Go on from there; do not repeat what was sent.',
  ]
  if (turn.sent.length === 0) lines.push('Nothing had been sent.')
  for (const { seq, to, text } of turn.sent) {
    lines.push(`Already sent, as ${seq}, to ${escapeAttribute(to)}: ${escapeText(clip(text))}`)
  }
  if (turn.begun.length > 0) {
    lines.push(`Tools it had begun: ${turn.begun.map(escapeAttribute).join(', ')}`)
  }
  return envelope('system_response', { type: 'interrupted' }, lines.join('\n'))
}

/** The prompt that begins a turn: the context, then every row in `seq` order. */
export function formatPrompt(input: PromptInput, context: PromptContext): string {
  const parts = [`<context timezone="${escapeAttribute(context.localTime.timezone)}"/>`]
  if (input.interrupted !== undefined) parts.push(formatInterrupted(input.interrupted))
  if (input.omitted !== undefined && input.omitted > 0) {
    const note = `${input.omitted} earlier messages are not shown.`
    parts.push(envelope('system_response', { type: 'omitted' }, note))
  }
  for (const row of input.rows) parts.push(formatRow(row, context))
  return parts.join('\n')
}

/** The prompt of rows that are pushed into a running turn. */
export function formatPush(rows: readonly TurnRow[], context: PromptContext): string {
  return rows.map((row) => formatRow(row, context)).join('\n')
}

/** What the model is told about blocks that could not be sent. */
export function formatProblems(problems: readonly OutputProblem[]): string {
  const lines = problems.map((problem) => `- ${escapeText(problem.message)}`)
  lines.push('Send again what still matters; the rest of your output was taken.')
  return envelope('system_response', { type: 'output_problems' }, lines.join('\n'))
}

/** What the model is told when it spoke to nobody. */
export function formatUnaddressed(names: readonly string[]): string {
  const known =
    names.length === 0
      ? 'You have no destinations yet.'
      : `Your destinations: ${names.map(escapeText).join(', ')}.`
  const text =
    'Your text was addressed to nobody, so nothing was sent. ' +
    `If somebody should read it, write it again in a block ${escapeText('<message to="name">…</message>')}. ` +
    `${known} If it was meant for nobody, answer with nothing.`
  return envelope('system_response', { type: 'unaddressed' }, text)
}
