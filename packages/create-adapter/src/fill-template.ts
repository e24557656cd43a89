import type { AdapterNames } from './names.ts'

const WORD = /nanoclaw-adapter-parrot|parrot/gi

/**
 * A text or path of the template, for an adapter of another name. The template is called Parrot
 * everywhere: what the word becomes depends on how it is written and where it stands.
 */
export function fillTemplate(text: string, names: AdapterNames): string {
  return text.replaceAll(WORD, (word: string, at: number) => {
    if (word === 'PARROT') return names.upper
    if (word.startsWith('nanoclaw')) return names.packageName
    const isPartOfName = /[A-Z]/.test(text.charAt(at + word.length))
    if (word === 'parrot') return isPartOfName ? names.camel : names.kebab
    return isPartOfName || /[a-z]/.test(text.charAt(at - 1)) ? names.pascal : names.title
  })
}
