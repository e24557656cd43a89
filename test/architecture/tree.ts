import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of the clone. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

const NOT_OURS = new Set(['node_modules', 'dist', '.git', '.turbo', 'coverage'])
const NOT_TEXT = /\.(png|jpe?g|gif|ico|woff2?|db|sqlite|tgz|gz|zip|log|tsbuildinfo)$/

/** A file of the project, by its path from the root, with `/` between folders. */
export interface TextFile {
  readonly path: string
  readonly text: string
}

/** Every text file of the project: what is written by hand or generated and committed. */
export function projectFiles(): TextFile[] {
  return walk(ROOT).map((file) => ({
    path: relative(ROOT, file).split(sep).join('/'),
    text: readFileSync(file, 'utf8'),
  }))
}

function walk(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (NOT_OURS.has(entry.name) || NOT_TEXT.test(entry.name)) return []
    if (entry.isDirectory()) return walk(path)
    return entry.isFile() ? [path] : []
  })
}
