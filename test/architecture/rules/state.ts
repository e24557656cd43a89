import ts from 'typescript'
import { at, nodes, type Source } from '../source.ts'

const MUTATING =
  /^(set|add|delete|clear|push|pop|shift|unshift|splice|sort|reverse|fill|copyWithin)$/
const COLLECTION = /^(Map|Set|WeakMap|WeakSet|Array)$/

/** State that outlives a call must belong to an object that somebody made, not to a module. */
export function stateViolations(source: Source): string[] {
  if (!source.shipped) return []
  return [...variables(source), ...statics(source)]
}

function variables(source: Source): string[] {
  return source.ast.statements.filter(ts.isVariableStatement).flatMap((statement) => {
    if ((statement.declarationList.flags & ts.NodeFlags.Const) === 0) {
      return [at(source, statement, 'a variable of the module; give the state an owner')]
    }
    return statement.declarationList.declarations.flatMap((declaration) => {
      const { name, initializer } = declaration
      if (!ts.isIdentifier(name) || initializer === undefined) return []
      const data = isData(initializer) && isMutated(source, name.text)
      return data || isEmptyCollection(initializer)
        ? [at(source, declaration, `${name.text} is mutable state of the module; give it an owner`)]
        : []
    })
  })
}

function statics(source: Source): string[] {
  return nodes(source.ast)
    .filter(ts.isPropertyDeclaration)
    .flatMap((property) => {
      const kinds = property.modifiers?.map(({ kind }) => kind) ?? []
      const fixed = kinds.includes(ts.SyntaxKind.ReadonlyKeyword)
      const collection =
        property.initializer !== undefined && isEmptyCollection(property.initializer)
      return kinds.includes(ts.SyntaxKind.StaticKeyword) && (!fixed || collection)
        ? [at(source, property, 'a static field is state of the module; give it an owner')]
        : []
    })
}

/** `new Map()` and the like: nothing else can be meant than to fill it later. */
function isEmptyCollection(node: ts.Expression): boolean {
  return (
    ts.isNewExpression(node) &&
    ts.isIdentifier(node.expression) &&
    COLLECTION.test(node.expression.text) &&
    (node.arguments ?? []).length === 0
  )
}

/** Literals and collections; an object that something has made keeps its state to itself. */
function isData(node: ts.Expression): boolean {
  if (ts.isAsExpression(node) || ts.isSatisfiesExpression(node)) return isData(node.expression)
  return (
    ts.isArrayLiteralExpression(node) ||
    ts.isObjectLiteralExpression(node) ||
    (ts.isNewExpression(node) &&
      ts.isIdentifier(node.expression) &&
      COLLECTION.test(node.expression.text))
  )
}

function isMutated(source: Source, name: string): boolean {
  const isIt = (node: ts.Expression): boolean => ts.isIdentifier(node) && node.text === name
  const isPartOfIt = (node: ts.Expression): boolean =>
    (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)) &&
    isIt(node.expression)
  return nodes(source.ast).some((node) => {
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
      const { expression, name: method } = node.expression
      return isIt(expression) && MUTATING.test(method.text)
    }
    if (ts.isBinaryExpression(node)) {
      return isAssignment(node.operatorToken.kind) && isPartOfIt(node.left)
    }
    if (ts.isDeleteExpression(node)) return isPartOfIt(node.expression)
    return (
      (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) &&
      /^(\+\+|--)$/.test(ts.tokenToString(node.operator) ?? '') &&
      isPartOfIt(node.operand)
    )
  })
}

const isAssignment = (kind: ts.SyntaxKind): boolean =>
  kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment
