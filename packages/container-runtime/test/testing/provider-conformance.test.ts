import { describe, expect, test } from 'vitest'
import { providerConformance } from '../../src/testing.ts'
import { brokenProviders } from './broken-providers.ts'
import { createToyProvider } from './toy-provider.ts'

const texts = {
  ordinaryText: 'hello',
  endlessText: 'hang',
  toolText: 'tool',
  ownToolText: 'own',
  failingText: 'fail',
  patienceMs: 300,
}

const caseNamed = (make: Parameters<typeof providerConformance>[0], name: string) => {
  const found = providerConformance(make, texts).find((one) => one.name === name)
  if (found === undefined) throw new Error(`the suite has no case called ${name}`)
  return found
}

describe('a sound provider', () => {
  for (const { name, run } of providerConformance(() => createToyProvider(), texts)) test(name, run)
})

describe('a broken provider is caught', () => {
  for (const [name, make] of Object.entries(brokenProviders)) {
    test(`by: ${name}`, async () => {
      const failure: unknown = await caseNamed(make, name)
        .run()
        .catch((error: unknown) => error)
      expect(failure).toBeInstanceOf(Error)
      const message = String(failure)
      expect(message).toMatch(/^Error: .{20}/)
      expect(message).not.toContain('could not be tried')
      expect(message).toContain(`\n  Promised: ${name}\n`)
      expect(message).toMatch(/\n {2}Because: .{30}/)
    })
  }

  test('for every case of the suite there is one', () => {
    const names = providerConformance(() => createToyProvider(), texts).map(({ name }) => name)
    expect(Object.keys(brokenProviders).toSorted()).toEqual(names.toSorted())
  })

  test('cases without a text to try them with are left out, not passed', () => {
    const some = providerConformance(() => createToyProvider(), { ordinaryText: 'hello' })
    const all = providerConformance(() => createToyProvider(), texts)
    expect(some.length).toBe(all.length - 5)
  })

  test('a provider that is never made is told so in each case', async () => {
    const never = () => new Promise<never>(() => undefined)
    const runs = providerConformance(never, { ...texts, patienceMs: 20 }).map(({ run }) =>
      run().then(
        () => 'passed',
        (error: unknown) => String(error),
      ),
    )
    for (const outcome of await Promise.all(runs)) {
      expect(outcome).toMatch(/^Error: it had not been made after 20 ms\n/)
    }
  })
})
