#!/usr/bin/env node
// Has to parse, and to refuse in one sentence, on a Node that is too old for everything else:
// so it imports nothing until it knows the version.

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)

if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `nanoclaw: NanoClaw needs Node 22.18 or newer, this is ${process.versions.node}; ` +
      'install a newer Node, or start through npm in a clone (npm start), which brings its own\n',
  )
  process.exitCode = 1
} else {
  void import('./cli.ts').then(({ main }) => main(process.argv.slice(2)))
}
