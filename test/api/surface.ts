import { join } from 'node:path'
import ts from 'typescript'
import { ROOT } from '../support/published.ts'
import type { ApiEntry } from './reports.ts'

/** What is exported by an entry point, as a reader of its declarations sees it. */
export interface Surface {
  readonly entry: ApiEntry
  readonly exports: readonly string[]
  /** Exports without a doc comment. */
  readonly undocumented: readonly string[]
  /** How exports lead to types of better-sqlite3 or Drizzle, such as `openDatabase > Database`. */
  readonly native: readonly string[]
}

const NATIVE = /\/node_modules\/(@types\/)?(better-sqlite3|drizzle-orm)\//
const OURS = /\/(packages|apps)\/[^/]+\/dist\//

/** The surfaces of entry points, read from their built declarations. */
export function surfaces(entries: readonly ApiEntry[]): Surface[] {
  const program = ts.createProgram(
    entries.map(({ types }) => join(ROOT, types)),
    {
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      strict: true,
      noEmit: true,
    },
  )
  const checker = program.getTypeChecker()
  return entries.map((entry) => {
    const file = program.getSourceFile(join(ROOT, entry.types))
    const module = file && checker.getSymbolAtLocation(file)
    const symbols = module === undefined ? [] : checker.getExportsOfModule(module)
    return {
      entry,
      exports: symbols.map(({ name }) => name).toSorted(),
      undocumented: symbols.filter((symbol) => !isDocumented(checker, symbol)).map(nameOf),
      native: symbols.flatMap((symbol) => waysToNative(checker, symbol)),
    }
  })
}

const nameOf = ({ name }: ts.Symbol): string => name

function isDocumented(checker: ts.TypeChecker, symbol: ts.Symbol): boolean {
  return resolved(checker, symbol).getDocumentationComment(checker).length > 0
}

const resolved = (checker: ts.TypeChecker, symbol: ts.Symbol): ts.Symbol =>
  (symbol.flags & ts.SymbolFlags.Alias) === 0 ? symbol : checker.getAliasedSymbol(symbol)

/** Follows every name in the declarations of an export, through our own packages. */
function waysToNative(checker: ts.TypeChecker, start: ts.Symbol): string[] {
  const seen = new Set<ts.Symbol>()
  const visit = (symbol: ts.Symbol, way: readonly string[]): string[] => {
    const target = resolved(checker, symbol)
    if (seen.has(target)) return []
    seen.add(target)
    return (target.declarations ?? []).flatMap((declaration) => {
      const { fileName } = declaration.getSourceFile()
      if (NATIVE.test(fileName)) return [[...way, symbol.name].join(' > ')]
      if (!OURS.test(fileName)) return []
      return namesIn(declaration).flatMap((name) => {
        const next = checker.getSymbolAtLocation(name)
        return next === undefined ? [] : visit(next, [...way, symbol.name])
      })
    })
  }
  return visit(start, [])
}

function namesIn(node: ts.Node): ts.Identifier[] {
  if (ts.isIdentifier(node)) return [node]
  const found: ts.Identifier[] = []
  ts.forEachChild(node, (child) => void found.push(...namesIn(child)))
  return found
}
