/** What says of what form a value is; where none of it stands, it may be anything. */
const saysForm = ['type', 'enum', 'const', '$ref', 'anyOf', 'oneOf', 'allOf', 'properties']
/** Keywords of JSON Schema 2020-12 whose value is a schema, or a list of them. */
const schemas = [
  ...['anyOf', 'oneOf', 'allOf', 'if', 'then', 'else', 'items', 'prefixItems', 'contains'],
  ...['additionalProperties', 'unevaluatedItems', 'unevaluatedProperties'],
]
/** Keywords whose value has schemas by name. */
const named = ['properties', 'patternProperties', 'dependentSchemas']

/**
 * Whether what a part of a JSON Schema describes may be a secret, or have one in it: where any part
 * of it says `writeOnly` or `format: password`, and where it does not say of what form it is.
 * References are followed from the root on.
 */
export function mayHoldSecret(schema: unknown, root: unknown): boolean {
  const seen = new Set<unknown>()

  const look = (part: unknown): boolean => {
    // `true` allows anything, `false` nothing.
    if (typeof part !== 'object' || part === null) return part !== false
    if (seen.has(part)) return false
    seen.add(part)
    const keyword = (name: string): unknown => Reflect.get(part, name)
    const has = (name: string): boolean => Object.hasOwn(part, name)
    if (keyword('writeOnly') === true || keyword('format') === 'password') return true
    if (!saysForm.some(has)) return true
    const isList = [keyword('type')].flat().includes('array')
    if (isList && !has('items') && !has('prefixItems')) return true
    return (
      (has('$ref') && look(resolve(keyword('$ref'), root))) ||
      schemas.filter(has).some((name) => [keyword(name)].flat().some(look)) ||
      named.filter(has).some((name) => Object.values(Object(keyword(name))).some(look))
    )
  }
  return look(schema)
}

/** By JSON Pointer (RFC 6901) from the root on; undefined for every other reference. */
function resolve(reference: unknown, root: unknown): unknown {
  if (typeof reference !== 'string' || !/^#(\/[^%]*)?$/.test(reference)) return undefined
  const names = reference.split('/').slice(1)
  return names.reduce<unknown>(
    (at, name) => Reflect.get(Object(at), name.replaceAll('~1', '/').replaceAll('~0', '~')),
    root,
  )
}
