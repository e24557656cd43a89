import { placeOf, type CodeBlock } from './code-blocks.ts'
import { forms } from './forms.ts'

/** What is done with a block, so that what it shows is true. */
export type BlockKind =
  /** Runs as a program of its own; what it prints is what its comments say. */
  | { readonly kind: 'program' }
  /** Compiled, not run. */
  | { readonly kind: 'types' }
  /** Becomes a file of the document's project, in place of what it was before. */
  | { readonly kind: 'file'; readonly path: string }
  /** A `config.json` that the daemon accepts. */
  | { readonly kind: 'config' }
  /** JSON that can be read. */
  | { readonly kind: 'json' }
  /**
   * Commands for a shell: such as `commands.ts` lists, or (`here`, `fails`) run in the document's
   * project, where they have to end well, or not.
   */
  | { readonly kind: 'commands'; readonly project: 'none' | 'here' | 'fails' }
  /** A shell's script, run whole in a clone, beside a daemon on a home of its own. */
  | { readonly kind: 'script' }
  /** Lines that the program before it prints, in that order. */
  | { readonly kind: 'output' }
  /** A drawing or a table of form, which nobody can run: listed in `forms.ts`. */
  | { readonly kind: 'form' }

/** Says what is done with a block. Throws for a block that nobody would run or compile. */
export function kindOf(block: CodeBlock): BlockKind {
  const [mark = '', ...more] = block.marks
  const path = /^file=(.+)$/.exec(mark)?.[1]
  if (more.length > 0) throw unknown(block)
  switch (block.language) {
    case 'ts':
    case 'js':
      if (mark === '') return { kind: 'program' }
      if (mark === 'types') return { kind: 'types' }
      break
    case 'json':
      if (mark === '') return { kind: 'json' }
      if (mark === 'config') return { kind: 'config' }
      break
    case 'sh':
    case 'console':
      if (mark === '') return { kind: 'commands', project: 'none' }
      if (mark === 'here' || mark === 'fails') return { kind: 'commands', project: mark }
      if (mark === 'script' && block.language === 'sh') return { kind: 'script' }
      break
    case 'text':
    case '':
      if (block.language === 'text' && mark === 'output') return { kind: 'output' }
      if (mark === '' && forms[block.document]?.includes(block.heading) === true)
        return { kind: 'form' }
      break
  }
  if (path !== undefined && ['ts', 'js', 'json'].includes(block.language)) {
    return { kind: 'file', path }
  }
  throw unknown(block)
}

function unknown(block: CodeBlock): Error {
  const info = [block.language, ...block.marks].join(' ')
  return new Error(
    `${placeOf(block)}: expected a block that can be run or compiled, got one marked "${info}" ` +
      `under "${block.heading}"; the marks are in test/docs/block-kind.ts, drawings in forms.ts`,
  )
}
