import type { ChatContent } from '@nanoclaw/schema'

/** A text that is kept whole, in a file beside the row. */
export interface LongText {
  /** The file's name. */
  readonly name: string
  readonly text: string
}

/** The beginning of a text that the row has, in characters. */
const longestBeginning = 2_000

function bytesOf(content: ChatContent): number {
  return Buffer.byteLength(JSON.stringify(content))
}

/** Whether a message fits into a row of `longest` bytes as it is, as almost all do. */
export function fits(content: ChatContent, longest: number): boolean {
  return bytesOf(content) <= longest
}

/** Cut between characters, not inside one. */
function beginningOf(text: string, atMost: number): string {
  const cut = text.slice(0, atMost)
  return /[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut
}

/** What of a message is too long for its row. */
export interface Shortened {
  /** With the beginnings of what is long; where the whole is, its attachments say. */
  readonly content: ChatContent
  readonly files: readonly LongText[]
}

/**
 * Makes a message that does not fit into a row of `longest` bytes fit: a text that is too long is to be kept whole in a
 * file below the row's folder in the inbox, as an attachment is. Undefined where even that does not
 * fit: what is long then is neither its text nor the one that it replies to.
 */
export function shortenContent(
  content: ChatContent,
  longest: number,
  rowId: string,
): Shortened | undefined {
  const atMost = Math.min(longestBeginning, Math.floor(longest / 16))
  const files: LongText[] = []
  const shorten = (text: string, name: string): string => {
    if (text.length <= atMost) return text
    files.push({ name, text })
    const bytes = Buffer.byteLength(text)
    return `${beginningOf(text, atMost)}…\n[This is the beginning of ${bytes} bytes; all of it is in ${name}.]`
  }
  const text = shorten(content.text, 'message.txt')
  const { replyTo } = content
  const reply = replyTo && { ...replyTo, text: shorten(replyTo.text, 'reply-to.txt') }
  const attachments = files.map((file) => ({
    type: 'file',
    name: file.name,
    mime: 'text/plain',
    size: Buffer.byteLength(file.text),
    localPath: `${rowId}/${file.name}`,
  }))
  const fitted: ChatContent = {
    ...content,
    text,
    ...(reply === undefined ? {} : { replyTo: reply }),
    attachments: [...(content.attachments ?? []), ...attachments],
  }
  return fits(fitted, longest) ? { content: fitted, files } : undefined
}
