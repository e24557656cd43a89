import ts from 'typescript'
import { at, nodes, type Source } from '../source.ts'
import type { TextFile } from '../tree.ts'

const MOST_LINES = 300
const KEBAB = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*$/
const CODE = /\.(ts|mts|js|mjs|sh)$/

/** A file of more than 300 lines of code; blank lines, comments and generated files do not count. */
export function lengthViolations(source: Source): string[] {
  if (source.path.endsWith('.generated.ts')) return []
  const lines = new Set<number>()
  for (const node of nodes(source.ast)) {
    if (node.getChildCount(source.ast) > 0 || node.kind === ts.SyntaxKind.EndOfFileToken) continue
    const { ast } = source
    const last = ast.getLineAndCharacterOfPosition(node.getEnd()).line
    for (let line = ast.getLineAndCharacterOfPosition(node.getStart(ast)).line; line <= last;) {
      lines.add(line)
      line += 1
    }
  }
  return lines.size > MOST_LINES
    ? [`${source.path}: ${lines.size} lines of code, at most ${MOST_LINES}: two things live here`]
    : []
}

/** Files and folders of code are named in kebab-case. */
export function nameViolations(paths: readonly string[]): string[] {
  return paths
    .filter((path) => CODE.test(path))
    .filter((path) => !path.split('/').every((part) => KEBAB.test(part.replace(/^\./, ''))))
    .map((path) => `${path}: names are kebab-case`)
}

/** What is API is listed by name. */
export function exportViolations(source: Source): string[] {
  if (source.path.endsWith('.config.ts')) return []
  return source.ast.statements.flatMap((statement) => {
    if (ts.isExportDeclaration(statement) && statement.exportClause === undefined) {
      return [at(source, statement, '`export *`; list what is exported by name')]
    }
    const modifiers = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : []
    return ts.isExportAssignment(statement) ||
      modifiers.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword)
      ? [at(source, statement, 'a default export; export it by name')]
      : []
  })
}

/** A path of two parts or more from the root of a disk; not a route of an address, nor a pattern. */
const ABSOLUTE =
  /(?<![\w.~)\]}>\-*/:@…$&;\\|]|\b(?:GET|POST|PUT|PATCH|DELETE) )\/([\w.-]+)\/(?!\.(?:test|exec)\()[\w.*-][^\s'"`),]*/g

/** Where every system has the same, what a container sees, what stands for any place, routes. */
const KNOWN_PLACES =
  /^\/(bin|dev|etc|lib|lib64|opt|proc|run|sbin|srv|sys|usr|var|workspace|nowhere|home\/ann|v\d)(\/|$)/

/** Nothing that is committed knows the machine it was written on. */
export function pathViolations(files: readonly TextFile[]): string[] {
  // Hashes look like paths, and are none.
  const written = files.filter(({ path }) => path !== 'pnpm-lock.yaml')
  return written.flatMap(({ path, text }) =>
    text
      .split('\n')
      .flatMap((line, index) =>
        [...line.matchAll(ABSOLUTE)]
          .filter(([found]) => !KNOWN_PLACES.test(found))
          .map(([found]) => `${path}:${index + 1}: names a path of some machine: ${found}`),
      ),
  )
}

/** Packages come from whatever registry the reader has set; the lock file holds hashes only. */
export function lockViolations(lockFile: string): string[] {
  return lockFile.split('\n').flatMap((line, index) => {
    const found = /\btarball:|https?:\/\//.test(line) && !/^\s+deprecated:/.test(line)
    return found ? [`pnpm-lock.yaml:${index + 1}: an address of a package: ${line.trim()}`] : []
  })
}
