import { outboundContent } from '@nanoclaw/schema'

/** So many characters of a text are shown in lists. */
const longest = 200

/** What a message begins with, or what it is: a list does not show whole texts. */
export function firstWords(kind: string, content: string): string {
  const words = wordsOf(kind, content)
  return words.length > longest ? `${words.slice(0, longest).toWellFormed()}…` : words
}

function wordsOf(kind: string, content: string): string {
  const found = outboundContent.safeParse({ kind, content: parsed(content) }).data
  if (found === undefined) return textOfCut(content) ?? content
  if (found.kind === 'system') return `(${found.content.action})`
  if (found.kind === 'chat-sdk') {
    return found.content.type === 'card' ? found.content.fallbackText : found.content.question
  }
  if (found.content.operation === 'reaction') return `(reaction ${found.content.emoji})`
  if (found.content.operation === 'edit') return `(edit) ${found.content.text}`
  const { text, files = [] } = found.content
  return [text, ...files.map((file) => `(file ${file})`)].filter((part) => part !== '').join(' ')
}

/** A list gets long contents cut off: what there is of the text. */
function textOfCut(content: string): string | undefined {
  const text = /"text":"((?:[^"\\]|\\.)*)/.exec(content)?.[1]
  const whole: unknown = text === undefined ? undefined : parsed(`"${text}"`)
  return typeof whole === 'string' ? whole : undefined
}

function parsed(content: string): unknown {
  try {
    return JSON.parse(content)
  } catch {
    return undefined
  }
}
