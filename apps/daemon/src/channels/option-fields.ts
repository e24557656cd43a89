import type { AdapterDefinition } from '@nanoclaw/adapters'
import { z } from 'zod'
import { mayHoldSecret } from './may-hold-secret.ts'

/** One option of an adapter, as its schema describes it. */
export interface OptionField {
  readonly name: string
  readonly title: string
  readonly description: string | undefined
  /** What a text that was typed becomes. */
  readonly kind: 'text' | 'number' | 'boolean' | 'choice' | 'json'
  /** Of a `choice`. */
  readonly choices: readonly string[]
  readonly default: unknown
  /** Also where the schema does not say clearly that nothing in it is one. */
  readonly isSecret: boolean
  readonly isRequired: boolean
}

const propertyShape = z.looseObject({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  title: z.string().optional(),
  description: z.string().optional(),
  default: z.unknown().optional(),
  enum: z.array(z.unknown()).optional(),
})

const objectShape = z.looseObject({
  properties: z.record(z.string(), propertyShape),
  required: z.array(z.string()).optional(),
})

/** The options that can be asked for; undefined where the schema does not describe itself. */
export function optionFields(definition: AdapterDefinition): readonly OptionField[] | undefined {
  const root = jsonSchemaOf(definition)
  const described = objectShape.safeParse(root)
  if (!described.success) return undefined
  const { properties, required = [] } = described.data
  return Object.entries(properties).map(([name, property]) => ({
    name,
    title: property.title ?? name,
    description: property.description,
    ...kindOf(property),
    default: property.default,
    isSecret: mayHoldSecret(property, root),
    isRequired: required.includes(name),
  }))
}

/** By Standard JSON Schema, which a Standard Schema may implement too; it may refuse. */
function jsonSchemaOf({ options }: AdapterDefinition): unknown {
  const converter: unknown = Reflect.get(options['~standard'], 'jsonSchema')
  const input: unknown = Reflect.get(Object(converter), 'input')
  if (typeof input !== 'function') return undefined
  try {
    return input.call(converter, { target: 'draft-2020-12' })
  } catch {
    return undefined
  }
}

function kindOf(property: z.infer<typeof propertyShape>): Pick<OptionField, 'kind' | 'choices'> {
  const choices = property.enum?.filter((each) => typeof each === 'string') ?? []
  if (choices.length > 0) return { kind: 'choice', choices }
  switch (property.type) {
    case 'number':
    case 'integer':
      return { kind: 'number', choices }
    case 'boolean':
      return { kind: 'boolean', choices }
    case 'array':
    case 'object':
      return { kind: 'json', choices }
    default:
      return { kind: 'text', choices }
  }
}

/** What a text that was typed means for this option; what fits nothing stays a text. */
export function valueOf(text: string, kind: OptionField['kind']): unknown {
  if (kind === 'number')
    return text.trim() !== '' && !Number.isNaN(Number(text)) ? Number(text) : text
  if (kind === 'boolean') {
    if (/^(true|yes|on|1)$/i.test(text)) return true
    return /^(false|no|off|0)$/i.test(text) ? false : text
  }
  if (kind !== 'json') return text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
