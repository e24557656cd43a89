import { cp, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Evidence } from './evidence.ts'
import type { Scene } from './scene.ts'

/**
 * Copies the home to where it outlives the program's disk, with `evidence.json` beside it: what was
 * written, shown, asked of the platform and struck, in order. The folder.
 */
export async function keepEvidence(
  { home, platform, blows, daemon }: Scene,
  { messages, effects }: Evidence,
  facts: object,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'nc-torture-kept-'))
  const isFile = (path: string): boolean => !path.endsWith('.sock') && !path.endsWith('/ballast')
  await cp(home, join(folder, 'home'), { recursive: true, filter: isFile, verbatimSymlinks: true })
  const { posts } = platform.world
  const { sends } = platform
  const all = {
    ...facts,
    blows: blows.log,
    ownEnds: daemon.ownEnds,
    messages,
    posts,
    sends,
    effects: Object.fromEntries(effects),
  }
  await writeFile(join(folder, 'evidence.json'), JSON.stringify(all, null, 1))
  return folder
}
