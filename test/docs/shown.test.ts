import { expect, test } from 'vitest'
import { isAsShown, missingLine, shownByComments } from './shown.ts'

test('what is printed is what is shown, but for the ends of lines and what … stands for', () => {
  expect(isAsShown('a b\nc', 'a b  \nc\n')).toBe(true)
  expect(isAsShown('a…\nd', 'a\nb\nc\nd')).toBe(true)
  expect(isAsShown('took … ms.', 'took 1.5 ms.')).toBe(true)
  expect(isAsShown('took … ms.', 'took 1.5 ms!')).toBe(false)
  expect(isAsShown('a', 'a\nb')).toBe(false)
})

test('what comments say that a program prints has to come in order', () => {
  const shown = shownByComments("console.log(a) // [ 'x' ]\nf() // no\nconsole.log(b) // 2 …\n")
  expect(shown).toEqual(["[ 'x' ]", '2 …'])
  expect(missingLine(shown, "[ 'x' ]\nother\n2 rows\n")).toBeUndefined()
  expect(missingLine(shown, "2 rows\n[ 'x' ]\n")).toBe('2 …')
})
