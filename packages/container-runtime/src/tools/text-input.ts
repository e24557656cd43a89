/** What a tool takes: how a model is told, and how what the model gave is read. */
export interface ToolInput<Args> {
  /** As JSON Schema. */
  readonly schema: Readonly<Record<string, unknown>>
  /** What is wrong is said for the model. */
  read(args: unknown): { readonly args: Args } | { readonly problems: string }
}

/** Told of at most this many at once. */
const mostProblems = 5

/** Texts that have to be there, and texts that may. */
type Texts<Name extends string, Maybe extends string> = Readonly<Record<Name, string>> &
  Readonly<Partial<Record<Maybe, string>>>

/**
 * An input of texts that are needed, and of such as may be left out, each with what it is; they are
 * trimmed, and none may be empty. Written by hand: a container's start that loads zod takes a sixth longer.
 */
export function textInput<Name extends string, Maybe extends string = never>(
  texts: Readonly<Record<Name, string>>,
  others?: Readonly<Record<Maybe, string>>,
): ToolInput<Texts<Name, Maybe>> {
  const names = Object.keys(texts)
  const all = { ...texts, ...others }
  const properties = Object.fromEntries(
    Object.entries(all).map(([name, description]) => [
      name,
      { type: 'string', minLength: 1, description },
    ]),
  )
  const isWhole = (found: unknown): found is Texts<Name, Maybe> =>
    typeof found === 'object' && found !== null && names.every((name) => Object.hasOwn(found, name))
  return {
    schema: { type: 'object', properties, required: names, additionalProperties: false },
    read: (args) => {
      if (typeof args !== 'object' || args === null || Array.isArray(args)) {
        return { problems: 'arguments: expected an object' }
      }
      const found: Record<string, unknown> = {}
      const problems: string[] = []
      for (const name of Object.keys(all)) {
        const text: unknown = Reflect.get(args, name)
        if (text === undefined && !names.includes(name)) continue
        if (typeof text !== 'string') problems.push(`${name}: expected a text`)
        else if (text.trim() === '') problems.push(`${name}: must not be empty`)
        else found[name] = text.trim()
      }
      for (const name of Object.keys(args)) {
        if (!Object.hasOwn(all, name)) problems.push(`arguments: ${name} is not known`)
      }
      const whole: unknown = found
      if (problems.length === 0 && isWhole(whole)) return { args: whole }
      return { problems: problems.slice(0, mostProblems).join('; ') }
    },
  }
}
