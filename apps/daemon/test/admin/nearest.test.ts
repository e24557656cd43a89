import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nearest } from '../../src/admin/names/nearest.ts'

describe('the names offered in place of a wrong one', () => {
  it('are the nearest, nearest first, three at most', () => {
    expect(nearest('kitchn', ['kitchen', 'family', 'kitten'])).toEqual(['kitchen', 'kitten'])
    expect(nearest('aad', ['ada', 'bob'])).toEqual(['ada'])
    expect(nearest('a', ['aa', 'ab', 'ac', 'ad', 'bcdefgh'])).toHaveLength(3)
  })

  it('count capitals for nothing, and take a part for the whole', () => {
    expect(nearest('FAMILY', ['Family chat'])).toEqual(['Family chat'])
    expect(nearest('4711', ['telegram:4711'])).toEqual(['telegram:4711'])
  })

  it('are none where nothing is near', () => {
    expect(nearest('kitchen', ['bob', 'x'])).toEqual([])
    expect(nearest('x', ['b'])).toEqual([])
    expect(nearest('', ['b', 'ada'])).toEqual([])
  })

  it('are known ones, each once, whatever is typed', () => {
    const texts = fc.array(fc.string({ unit: 'binary' }))
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), texts, (wrong, known) => {
        const found = nearest(wrong, [...known, ...known])
        expect(found.every((name) => known.includes(name))).toBe(true)
        expect(new Set(found).size).toBe(found.length)
        expect(found.length).toBeLessThanOrEqual(3)
      }),
    )
  })
})
