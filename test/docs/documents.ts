import { projectFiles, type TextFile } from '../architecture/tree.ts'
import { codeBlocks, type CodeBlock } from './code-blocks.ts'

/** A Markdown document of the project and what stands in it. */
export interface DocumentText extends TextFile {
  readonly blocks: readonly CodeBlock[]
}

/** Every Markdown document that somebody writes, in the order of their paths; no API reports. */
export function documents(): DocumentText[] {
  return projectFiles()
    .filter(({ path }) => path.endsWith('.md') && !isGenerated(path))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1))
    .map((file) => ({ ...file, blocks: codeBlocks(file.path, file.text) }))
}

/** API reports and change logs are written by tools, and show nothing that runs. */
function isGenerated(path: string): boolean {
  return path.endsWith('.api.md') || path.endsWith('/CHANGELOG.md')
}
