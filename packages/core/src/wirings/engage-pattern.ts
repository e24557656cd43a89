import { errorMessage, NanoclawError } from '@nanoclaw/schema'

/** Whether a text has a match. */
export type EngagePattern = (text: string) => boolean

const longestPattern = 500
/** Matching takes time by the text's length times the pattern's. */
const longestText = 4_000

/**
 * A regular expression of RE2, which takes linear time whatever the text (W4). It is looked for in the
 * first 4,000 characters. The library is loaded with the first of them. Throws `bad-option` for what
 * is none, or has more than 500 characters.
 */
export async function compilePattern(pattern: string): Promise<EngagePattern> {
  if (pattern === '' || pattern.length > longestPattern) {
    throw new NanoclawError(
      'bad-option',
      `expected a pattern of 1 to ${longestPattern} characters, got ${pattern.length}`,
    )
  }
  const { RE2JS } = await import('re2js')
  try {
    const compiled = RE2JS.compile(pattern)
    return (text) => compiled.test(text.slice(0, longestText))
  } catch (error) {
    throw new NanoclawError(
      'bad-option',
      `expected a regular expression of RE2 (without look-around and back-references), got ${JSON.stringify(pattern)}: ${errorMessage(error)}`,
      { cause: error },
    )
  }
}
