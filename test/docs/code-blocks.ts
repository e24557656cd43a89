/** A fenced block of a Markdown document. */
export interface CodeBlock {
  /** The document's path from the root of the clone. */
  readonly document: string
  /** Where its first fence stands, from 1. */
  readonly line: number
  /** The heading that it stands under. */
  readonly heading: string
  /** The first word behind the fence; `''`: none. */
  readonly language: string
  /** The words behind the language, as `file=src/adapter.ts` or `config`. */
  readonly marks: readonly string[]
  readonly code: string
}

const FENCE = /^(?<indent> *)(?<fence>`{3,}|~{3,})(?<info>.*)$/

/** Every fenced block of a document, in order. */
export function codeBlocks(document: string, text: string): CodeBlock[] {
  const found: CodeBlock[] = []
  let heading = ''
  let open:
    { block: Omit<CodeBlock, 'code'>; end: RegExp; indent: number; lines: string[] } | undefined
  for (const [index, line] of text.split('\n').entries()) {
    if (open !== undefined) {
      if (open.end.test(line)) {
        found.push({ ...open.block, code: open.lines.map((each) => `${each}\n`).join('') })
        open = undefined
      } else open.lines.push(line.slice(Math.min(open.indent, line.search(/\S|$/))))
      continue
    }
    heading = /^#+ +(.*)$/.exec(line)?.[1] ?? heading
    const { indent = '', fence, info = '' } = FENCE.exec(line)?.groups ?? {}
    if (fence === undefined) continue
    const [language = '', ...marks] = info.trim().split(/\s+/)
    const block = { document, line: index + 1, heading, language, marks }
    const end = new RegExp(`^ *${fence}${fence[0]}* *$`)
    open = { block, end, indent: indent.length, lines: [] }
  }
  if (open !== undefined) throw new Error(`${placeOf(open.block)} has a block without an end`)
  return found
}

/** How a message names a block. */
export function placeOf({ document, line }: Pick<CodeBlock, 'document' | 'line'>): string {
  return `${document}:${line}`
}
