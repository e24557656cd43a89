import { posix } from 'node:path'
import ts from 'typescript'
import type { TextFile } from './tree.ts'

/** One import, export-from or `import()` of a file. */
export interface Import {
  readonly from: string
  /** The file it leads to, when it is a relative one. */
  readonly target: string | undefined
  readonly line: number
}

/** A TypeScript file, parsed. */
export interface Source extends TextFile {
  readonly ast: ts.SourceFile
  readonly imports: readonly Import[]
  /** The package's folder, such as `packages/core`. */
  readonly package: string
  /** Whether it is part of what the package ships. */
  readonly shipped: boolean
}

/** The TypeScript sources among the files, parsed. */
export function sources(files: readonly TextFile[]): Source[] {
  return files.filter(({ path }) => path.endsWith('.ts')).map(parse)
}

/** Parses one file; rules are tried on snippets with it. */
export function parse({ path, text }: TextFile): Source {
  const ast = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true)
  const [parent = '', name = '', inside = ''] = path.split('/')
  const nested = parent === 'packages' || parent === 'apps'
  return {
    path,
    text,
    ast,
    imports: importsOf(ast, path),
    package: nested ? `${parent}/${name}` : parent,
    shipped: nested && inside === 'src',
  }
}

function importsOf(ast: ts.SourceFile, path: string): Import[] {
  return nodes(ast).flatMap((node) => {
    const from = specifierOf(node)
    if (from === undefined) return []
    const target = from.startsWith('.') ? posix.join(posix.dirname(path), from) : undefined
    return [{ from, target, line: lineOf(ast, node) }]
  })
}

function specifierOf(node: ts.Node): string | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
    return literal(node.moduleSpecifier)
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    return literal(node.argument.literal)
  }
  if (!ts.isCallExpression(node)) return undefined
  const { expression } = node
  const dynamic = expression.kind === ts.SyntaxKind.ImportKeyword
  const required = ts.isIdentifier(expression) && expression.text === 'require'
  return dynamic || required ? literal(node.arguments[0]) : undefined
}

const literal = (node: ts.Node | undefined): string | undefined =>
  node !== undefined && ts.isStringLiteralLike(node) ? node.text : undefined

/** A node and all below it; where `enter` gives false, what is below is left out. */
export function nodes(
  top: ts.Node,
  enter: (node: ts.Node) => boolean = () => true,
): readonly ts.Node[] {
  const found: ts.Node[] = []
  const visit = (node: ts.Node): void => {
    found.push(node)
    if (enter(node)) ts.forEachChild(node, visit)
  }
  visit(top)
  return found
}

/** The line of a node, counted from 1. */
const lineOf = (ast: ts.SourceFile, node: ts.Node): number =>
  ast.getLineAndCharacterOfPosition(node.getStart(ast)).line + 1

/** `path:line: message`, as compilers write it. */
export const at = (source: Source, node: ts.Node, message: string): string =>
  `${source.path}:${lineOf(source.ast, node)}: ${message}`
