import type { CodeBlock } from './code-blocks.ts'

/** A command of a document, and what it is said to print. */
export interface ShownCommand {
  readonly command: string
  /** `''`: the document does not say. `…` stands for anything. */
  readonly shown: string
}

/** What shows that a command works. */
export type Proof =
  /** Run as it is written, in a clone, on a home with a daemon; with what exit code it ends. */
  | {
      readonly runs: 'beside a daemon' | 'alone'
      readonly code: number
      /** Put behind it where it would take minutes. */
      readonly shortened?: string
    }
  /** A test that performs it. */
  | { readonly test: string }

/** In documents of which folders a command stands, and what shows that it works. */
interface CommandList {
  readonly documents: RegExp
  readonly commands: Readonly<Record<string, Proof>>
}

/** Every command that stands in a document, but for installations and those of projects. */
export const commandLists: readonly CommandList[] = [
  {
    documents: /^(README|docs\/.*|apps\/daemon\/README)\.md$/,
    commands: {
      'npm start': { test: 'test/docs/clone-commands.test.ts' },
      'npm start -- --headless': { test: 'test/docs/clone-commands.test.ts' },
      "printf 'hello\\n' | npm start --silent": { runs: 'alone', code: 0 },
      'npm test': { test: '.ci/run' },
      'npm run --silent bench': { runs: 'alone', code: 0, shortened: '-- --help' },
      'npm run --silent nanoclaw -- --help': { runs: 'alone', code: 0 },
      'npm run --silent nanoclaw -- status': { runs: 'beside a daemon', code: 0 },
      'npm run --silent nanoclaw -- status --json': { runs: 'beside a daemon', code: 0 },
      'npm run --silent nanoclaw -- incidents': { runs: 'beside a daemon', code: 0 },
      'npm run --silent nanoclaw -- deliveries': { runs: 'beside a daemon', code: 0 },
      'npm run --silent nanoclaw -- deliveries --failed': { runs: 'beside a daemon', code: 0 },
      'npm run --silent nanoclaw -- trace ID': { test: 'test/e2e/trace.test.ts' },
      'npm run --silent nanoclaw -- channels': { runs: 'beside a daemon', code: 0 },
      'npm run --silent nanoclaw -- chat': { runs: 'beside a daemon', code: 0 },
    },
  },
  {
    documents: /^test\/torture\/README\.md$/,
    // In their short form: what is written there takes half an hour each.
    commands: {
      'pnpm torture --minutes 30': { test: 'test/torture/torture.test.ts' },
      'pnpm torture --minutes 30 --window none': { test: 'test/torture/torture.test.ts' },
      'pnpm torture --minutes 30 --window 5000 --look-up': {
        test: 'test/torture/torture.test.ts',
      },
      'pnpm torture --minutes 30 --retention 8000': { test: 'test/torture/torture.test.ts' },
      'pnpm torture --kills 8': { test: 'test/torture/torture.test.ts' },
      'pnpm torture --test runner-kills': { test: 'test/torture/torture.test.ts' },
      'pnpm torture --test host-kills --window none': {
        test: 'test/torture/torture.test.ts',
      },
    },
  },
  {
    documents: /^packages\/create-adapter\/README\.md$/,
    commands: {
      'npm create @nanoclaw/adapter@latest rocket-chat': {
        test: 'packages/create-adapter/test/create-adapter-package.test.ts',
      },
      'pnpm create @nanoclaw/adapter rocket-chat': {
        test: 'packages/create-adapter/test/create-adapter-package.test.ts',
      },
    },
  },
  {
    documents: /^packages\/create-adapter\/template\/README\.md$/,
    commands: {
      'npm install': { test: 'test/e2e/channels.test.ts' },
      'npm test': { test: 'packages/create-adapter/test/template.test.ts' },
      'npm run build': { test: 'test/e2e/channels.test.ts' },
      'npm run play': { test: 'test/e2e/channels.test.ts' },
      'nanoclaw channels add nanoclaw-adapter-parrot': { test: 'test/e2e/channels.test.ts' },
      'nanoclaw channels add . --chat lobby': { test: 'test/e2e/channels.test.ts' },
      'nanoclaw start': { test: 'test/e2e/channels.test.ts' },
      'curl -d \'{"chat":"lobby","text":"hello"}\' http://127.0.0.1:4420/people': {
        test: 'test/e2e/channels.test.ts',
      },
      'curl http://127.0.0.1:4420/people': { test: 'test/e2e/channels.test.ts' },
    },
  },
]

/** What shows that a command of a document works; undefined: nothing does. */
export function proofOf(document: string, command: string): Proof | undefined {
  const list = commandLists.find(({ documents }) => documents.test(document))
  return Object.entries(list?.commands ?? {}).find(([listed]) => listed === command)?.[1]
}

/** What installs packages: the test of the packed packages does that. */
export const installation = /^npm install(?: --save-dev)? (?<names>[^-].*)$/

/** The commands of a `sh` or `console` block. In the latter they begin with `$ `. */
export function commandsOf(block: CodeBlock): ShownCommand[] {
  const found: ShownCommand[] = []
  for (const line of block.code.split('\n')) {
    const command = block.language === 'sh' ? line : /^\$ (.*)$/.exec(line)?.[1]
    const last = found.at(-1)
    if (command !== undefined) {
      const bare = command.replace(/\s+# .*$/, '').trim()
      if (bare !== '') found.push({ command: bare, shown: '' })
    } else if (last !== undefined) {
      found[found.length - 1] = { ...last, shown: `${last.shown}${line}\n` }
    }
  }
  return found
}
