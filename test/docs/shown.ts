/**
 * Whether what was printed is what a document shows. `…` in the document stands for anything, over
 * lines too; white space at the ends of lines and of the whole does not count.
 */
export function isAsShown(shown: string, printed: string): boolean {
  const pieces = tidy(shown)
    .split('…')
    .map((piece) => piece.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
  return new RegExp(`^${pieces.join('[^]*?')}$`).test(tidy(printed))
}

function tidy(text: string): string {
  return text.replace(/[^\S\n]+$/gm, '').trim()
}

/** What the comments behind `console.log(…)` say that a program prints, in order. */
export function shownByComments(code: string): string[] {
  return [...code.matchAll(/\bconsole\.log\(.*\) \/\/ (.*)$/gm)].map(([, shown = '']) => shown)
}

/** The first of these lines that does not stand in what was printed, after the ones before it. */
export function missingLine(shown: readonly string[], printed: string): string | undefined {
  const lines = printed.split('\n')
  for (const expected of shown) {
    const at = lines.findIndex((line) => isAsShown(expected, line))
    if (at === -1) return expected
    lines.splice(0, at + 1)
  }
  return undefined
}
