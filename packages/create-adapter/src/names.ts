/** The names of one adapter, in every form that files and code need. */
export interface AdapterNames {
  /** Of the package, such as `nanoclaw-adapter-rocket-chat`. */
  readonly packageName: string
  /** The channel type, and what files are called: `rocket-chat`. */
  readonly kebab: string
  /** `rocketChat`. */
  readonly camel: string
  /** `RocketChat`. */
  readonly pascal: string
  /** `ROCKET_CHAT`. */
  readonly upper: string
  /** For people: `Rocket Chat`. */
  readonly title: string
}

const PREFIX = 'nanoclaw-adapter-'
const NAME = /^(?:(@[a-z0-9][a-z0-9._-]*)\/)?([a-z][a-z0-9]*(?:-[a-z0-9]+)*)$/
/** npm takes no longer names. */
const LONGEST = 214

/**
 * Reads a name as somebody gives it: that of a platform (`rocket-chat`), or of a package
 * (`@ann/nanoclaw-adapter-rocket-chat`). Undefined for what can be neither.
 */
export function readNames(given: string): AdapterNames | undefined {
  const [, scope, base] = NAME.exec(given) ?? []
  if (base === undefined) return undefined
  const kebab = base.startsWith(PREFIX) ? base.slice(PREFIX.length) : base
  const isPlatform = scope === undefined && kebab === base
  const packageName = isPlatform ? PREFIX + kebab : given
  if (!/^[a-z]/.test(kebab) || packageName.length > LONGEST) return undefined
  const words = kebab.split('-')
  const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1)
  const pascal = words.map(capital).join('')
  return {
    packageName,
    kebab,
    camel: pascal.charAt(0).toLowerCase() + pascal.slice(1),
    pascal,
    upper: words.join('_').toUpperCase(),
    title: words.map(capital).join(' '),
  }
}
