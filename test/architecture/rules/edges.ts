import ts from 'typescript'
import { at, nodes, type Source } from '../source.ts'

const READS_ENVIRONMENT =
  /^(apps\/daemon\/src\/config([-a-z]*\.ts|\/.*)|packages\/container-runtime\/src\/runner\/run-runner\.ts)$/

/** `process.env` is read by the daemon's config and the runner's main (`run-runner.ts`), and by nobody else. */
export function environmentViolations(source: Source): string[] {
  if (!source.shipped || READS_ENVIRONMENT.test(source.path)) return []
  return nodes(source.ast)
    .filter((node) => isEnvironment(node, source.ast))
    .map((node) => at(source, node, 'reads the environment; take an option'))
}

function isEnvironment(node: ts.Node, ast: ts.SourceFile): boolean {
  const isProcess = (of: ts.Node): boolean => of.getText(ast).endsWith('process')
  if (ts.isPropertyAccessExpression(node)) {
    return node.name.text === 'env' && isProcess(node.expression)
  }
  if (ts.isElementAccessExpression(node)) {
    const { argumentExpression: key, expression } = node
    return ts.isStringLiteralLike(key) && key.text === 'env' && isProcess(expression)
  }
  if (!ts.isImportSpecifier(node) || (node.propertyName ?? node.name).text !== 'env') return false
  return /process['"]$/.test(node.parent.parent.parent.getText(ast))
}

/** Where a database is opened: in one file of `schema`, and nowhere else. */
export function openedDatabases(sources: readonly Source[]): string[] {
  return sources
    .filter(({ shipped }) => shipped)
    .filter((source) => {
      const imports = source.ast.statements.filter(ts.isImportDeclaration)
      const names = imports.flatMap((declaration) =>
        /^['"]better-sqlite3['"]$/.test(declaration.moduleSpecifier.getText(source.ast))
          ? (declaration.importClause?.name?.text ?? [])
          : [],
      )
      return nodes(source.ast).some(
        (node) =>
          ts.isNewExpression(node) &&
          ts.isIdentifier(node.expression) &&
          (names.includes(node.expression.text) || node.expression.text === 'Database'),
      )
    })
    .map(({ path }) => path)
}
