import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { runnerEnv, runnerExit } from '@nanoclaw/schema'
import { expect, test } from 'vitest'
import { folder } from '../support/local-runners.ts'
import { environmentFor } from '../support/runner-process.ts'

const program = `
  import { createScriptedProvider } from '@nanoclaw/container-runtime'
  import { runRunner } from '@nanoclaw/container-runtime/runner'
  const scripted = createScriptedProvider({ crash: () => {} })
  runRunner({
    providers: {
      late: async () => ({ ...scripted, name: 'late' }),
      misnamed: () => scripted,
      broken: () => { throw new Error('no model here') },
      nothing: () => undefined,
      never: () => {
        process.stdout.write('making\\n')
        return new Promise(() => {})
      },
    },
  })`

/** Runs the program on a session with one message, hangs up at its first ring, and waits. */
async function run(provider: string) {
  const session = folder()
  session.append({ text: 'hello' })
  const flags = ['--conditions=@nanoclaw/source', '--input-type=module', '--eval', program]
  const child = spawn(process.execPath, flags, {
    cwd: import.meta.dirname,
    env: { ...environmentFor(session, 1), [runnerEnv.provider]: provider },
  })
  let log = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text))
  child.stdout.once('data', () => child.stdin.end())
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, log, texts: session.texts() }
}

test('a program of one’s own runs with a provider of its own, made in its time', async () => {
  const { code, texts } = await run('late')
  expect({ code, texts }).toEqual({ code: 0, texts: ['echo: hello'] })
})

test.each([
  [
    'scripted',
    /^the runner .* names scripted, but this runner has only late, misnamed, broken, nothing, never\n$/,
  ],
  ['misnamed', /^the runner .* listed as misnamed says that its name is scripted; [^\n]*\n$/],
  ['nothing', /^the runner .* listed as nothing made no provider\n$/],
])('a runner that is told to be %s refuses in one sentence', async (provider, sentence) => {
  const { code, log, texts } = await run(provider)
  expect({ code, texts }).toEqual({ code: runnerExit.badEnvironment, texts: [] })
  expect(log).toMatch(sentence)
})

test('a provider that cannot be made ends the runner, with the reason in its log', async () => {
  const { code, log } = await run('broken')
  expect(code).toBe(1)
  expect(log).toContain('no model here')
})

test('a provider that is never made keeps the runner silent, until the host hangs up', async () => {
  const { code, log, texts } = await run('never')
  expect({ code, log, texts }).toEqual({ code: 0, log: '', texts: [] })
})
