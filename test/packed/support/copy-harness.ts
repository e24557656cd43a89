import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { ROOT } from '../../support/published.ts'

const OWN_ENTRY = /(from\s+['"])\.\.\/\.\.\/src\/([\w-]+)\.ts(['"])/g
const NEIGHBOUR = /(from\s+['"]\.\/[\w-]+)\.ts(['"])/g

/**
 * Copies what a package's tests share as JavaScript for any runtime. An import of one of the
 * package's own entries becomes one by name, so that the packed package is what is tested.
 */
export function copyHarness(folder: string, target: string): void {
  const support = join(ROOT, folder, 'test/support')
  const { name } = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')) as {
    name: string
  }
  mkdirSync(target, { recursive: true })
  for (const file of readdirSync(support).filter((one) => one.endsWith('.ts'))) {
    const text = readFileSync(join(support, file), 'utf8')
      .replaceAll(
        OWN_ENTRY,
        (_, from: string, entry: string, end: string) =>
          `${from}${entry === 'index' ? name : `${name}/${entry}`}${end}`,
      )
      .replaceAll(NEIGHBOUR, '$1.mjs$2')
    const options = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 }
    const { outputText } = ts.transpileModule(text, { compilerOptions: options })
    writeFileSync(join(target, file.replace(/\.ts$/, '.mjs')), outputText)
  }
}
