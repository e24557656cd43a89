import type { OptionIssue } from '../channels/check-options.ts'
import { valueOf, type OptionField } from '../channels/option-fields.ts'
import { oneLine } from '../failure.ts'
import type { Prompts } from './prompts.ts'

type Options = Readonly<Record<string, unknown>>

/**
 * Asks for each option until the schema has nothing against it. Options that are there already are
 * offered as they are; a default that is taken is not written down, so that a new one holds.
 */
export async function askOptions(
  prompts: Prompts,
  fields: readonly OptionField[],
  before: Options,
  check: (options: Options) => Promise<readonly OptionIssue[]>,
): Promise<Options> {
  let options = before
  for (;;) {
    for (const field of fields) options = await askOne(prompts, field, options, check)
    // What concerns several options shows when all of them are there.
    const issues = await check(options)
    const general = issues.filter(
      ({ path }) => path.length === 0 || fields.some(({ name }) => name === path[0]),
    )
    if (general.length === 0 || fields.length === 0) return options
    for (const { message } of general) prompts.refuse(oneLine(message))
  }
}

async function askOne(
  prompts: Prompts,
  field: OptionField,
  before: Options,
  check: (options: Options) => Promise<readonly OptionIssue[]>,
): Promise<Options> {
  let present: unknown = before[field.name]
  for (;;) {
    const value = await answerTo(prompts, field, present)
    const { [field.name]: _old, ...others } = before
    const options = value === undefined ? others : { ...others, [field.name]: value }
    const issues = await check(options)
    const mine = issues.filter(({ path }) => path[0] === field.name)
    if (mine.length === 0) return options
    for (const { message } of mine) prompts.refuse(oneLine(message))
    present = field.isSecret ? before[field.name] : value
  }
}

/** Undefined: left out. */
async function answerTo(prompts: Prompts, field: OptionField, present: unknown): Promise<unknown> {
  const { kind, choices, isSecret } = field
  const shown = isSecret ? undefined : textOf(present)
  const question = {
    message: oneLine(field.isRequired ? field.title : `${field.title} (optional)`),
    hint: hintOf(field, present),
    placeholder: textOf(field.default),
  }
  if (isSecret) {
    const typed = await prompts.secret(question)
    return typed === '' ? present : referenceOr(typed, kind)
  }
  if (kind === 'choice') {
    return await prompts.choice({ ...question, initial: shown ?? textOf(field.default) }, choices)
  }
  if (kind === 'boolean') {
    return await prompts.confirm({ ...question, initial: shown ?? textOf(field.default) })
  }
  const typed = await prompts.text({ ...question, initial: shown })
  return typed === '' || typed === textOf(field.default) ? undefined : referenceOr(typed, kind)
}

/** `$NAME` stands for a variable of the environment. */
function referenceOr(typed: string, kind: OptionField['kind']): unknown {
  const [, variable] = /^\$([A-Za-z_][A-Za-z0-9_]*)$/.exec(typed) ?? []
  return variable === undefined ? valueOf(typed, kind) : { env: variable }
}

function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return value
  const reference: unknown = Reflect.get(Object(value), 'env')
  return typeof reference === 'string' ? `$${reference}` : JSON.stringify(value)
}

function hintOf(field: OptionField, present: unknown): string | undefined {
  const hints = [
    field.description,
    ...(field.isSecret
      ? ['Or $NAME: the environment variable NAME, so that no file holds it.']
      : []),
    ...(field.isSecret && present !== undefined ? ['Empty: as it is.'] : []),
  ].filter((hint) => hint !== undefined)
  return hints.length === 0 ? undefined : hints.map(oneLine).join('\n')
}
