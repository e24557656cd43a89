import ts from 'typescript'
import { at, nodes, type Source } from '../source.ts'

/** Programs, not modules: what is there to be started. */
const ENTRY = /\/src\/(.*\/)?([a-z-]+-)?main\.ts$/

const WORK =
  /^(set(Timeout|Interval|Immediate)|queueMicrotask|fetch|(read|write|exists|stat|mkdir|open|rm)\w*Sync|spawn\w*|exec|execFile\w*|fork|create(?!Require\b)[A-Z]\w*|randomUUID|randomBytes|hostname|homedir|tmpdir|cwd|now)$/
const WORK_CLASS = /^(Database|Worker|Date|Server|WebSocket)$/

const isFunction = (node: ts.Node): boolean =>
  ts.isFunctionLike(node) ||
  (ts.isPropertyDeclaration(node) &&
    !(node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.StaticKeyword) ?? false))

/** Importing a module reads nothing, opens nothing, starts nothing and prints nothing. */
export function importWorkViolations(source: Source): string[] {
  if (!source.shipped || ENTRY.test(source.path)) return []
  return source.ast.statements.flatMap((statement) => {
    if (!isDeclaration(statement)) return [at(source, statement, 'work at import')]
    return nodes(statement, (node) => !isFunction(node))
      .filter(isWork)
      .map((node) => at(source, node, 'work at import'))
  })
}

const isDeclaration = (node: ts.Statement): boolean =>
  ts.isImportDeclaration(node) ||
  ts.isExportDeclaration(node) ||
  ts.isVariableStatement(node) ||
  ts.isFunctionDeclaration(node) ||
  ts.isClassDeclaration(node) ||
  ts.isInterfaceDeclaration(node) ||
  ts.isTypeAliasDeclaration(node) ||
  ts.isModuleDeclaration(node)

function isWork(node: ts.Node): boolean {
  if (ts.isAwaitExpression(node)) return true
  if (ts.isNewExpression(node)) {
    return ts.isIdentifier(node.expression) && WORK_CLASS.test(node.expression.text)
  }
  if (!ts.isCallExpression(node)) return false
  const { expression } = node
  if (ts.isIdentifier(expression)) return WORK.test(expression.text)
  return ts.isPropertyAccessExpression(expression) && WORK.test(expression.name.text)
}
