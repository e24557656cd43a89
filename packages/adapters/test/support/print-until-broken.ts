import { createPipedConsole } from '../../src/terminal.ts'

const { stdin, stdout, stderr } = process
const piped = createPipedConsole({ input: stdin, output: stdout, errors: stderr })
const show = (): Promise<Error | undefined> =>
  piped.show({ key: 'k', author: { id: 'a', name: 'ada' }, text: 'x' }).then(
    () => undefined,
    (error: unknown) => error as Error,
  )

let broken = await show()
while (broken === undefined) {
  await new Promise((resolve) => setImmediate(resolve))
  broken = await show()
}
const cause = broken.cause as { readonly code?: string }
const next = await show()
stderr.write(`${broken.name} ${cause.code} ${next?.name}\n`)
