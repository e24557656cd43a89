// Type-checks every package of the workspace and the scripts: `npm run typecheck`.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { inParallel } from './lib/pool.mjs'
import { packageFolders, root } from './lib/project.mjs'

const run = promisify(execFile)
const tsc = join(root, 'node_modules/typescript/bin/tsc')
const pretty = process.stdout.isTTY ? ['--pretty'] : []

const results = await inParallel([...packageFolders(root), 'scripts'], 2, async (folder) => {
  try {
    await run(process.execPath, [tsc, '-p', folder, ...pretty], {
      cwd: root,
      maxBuffer: 64 * 1024 * 1024,
    })
    return true
  } catch (error) {
    const output = error instanceof Error && 'stdout' in error ? error.stdout : ''
    process.stdout.write(`${folder}:\n${output || error}\n`)
    return false
  }
})
process.exitCode = results.every(Boolean) ? 0 : 1
