import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, symlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createAdapterPackage } from '@nanoclaw/create-adapter'

const root = join(import.meta.dirname, '../../..')

/** A package as `create-adapter` writes it, built, with what it needs linked from this clone. */
export async function builtAdapterPackage(name: string, folder: string): Promise<void> {
  await createAdapterPackage({ name, folder })
  const links = {
    '@nanoclaw/adapters': 'packages/adapters',
    zod: 'packages/create-adapter/node_modules/zod',
    typescript: 'node_modules/typescript',
    '@types/node': 'node_modules/@types/node',
  }
  for (const [module, target] of Object.entries(links)) {
    const link = join(folder, 'node_modules', module)
    await mkdir(dirname(link), { recursive: true })
    await symlink(join(root, target), link)
  }
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  // Its types are checked where our declarations need not be built first.
  const args = [tsc, '-p', 'tsconfig.build.json', '--noCheck', '--declaration', 'false']
  const [code] = await once(
    spawn(process.execPath, args, { cwd: folder, stdio: 'inherit' }),
    'exit',
  )
  if (code !== 0) throw new Error(`tsc ended with ${code}`)
}

/** The chat service that such a package brings for its tests, running. */
export interface ChatService {
  readonly url: string
  readonly token: string
  /** A person writes. */
  say(chat: string, text: string): Promise<void>
  /** What the bot has written, oldest first. */
  answers(): Promise<readonly string[]>
  stop(): Promise<void>
}

interface Post {
  readonly text: string
  readonly from: { readonly bot: boolean }
}

/** Starts it on a free port. */
export async function startChatService(name: string, folder: string): Promise<ChatService> {
  const child = spawn(process.execPath, [join('test', name, 'main.ts'), '0'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  const found = await new Promise<readonly [string, string]>((resolve, reject) => {
    let said = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text
      const [, url, token] = /url +(\S+)\s+token +(\S+)\n/.exec(said) ?? []
      if (url !== undefined && token !== undefined) resolve([url, token])
    })
    void ended.then(() => reject(new Error(`the chat service ended: ${said}`)))
  })
  const [url, token] = found
  return {
    url,
    token,
    async say(chat, text) {
      const body = JSON.stringify({ chat, text })
      const { ok, status } = await fetch(`${url}/people`, { method: 'POST', body })
      if (!ok) throw new Error(`the chat service answered ${status}`)
    },
    async answers() {
      const { posts }: { posts: readonly Post[] } = JSON.parse(
        await (await fetch(`${url}/people`)).text(),
      )
      return posts.flatMap(({ text, from }) => (from.bot ? text : []))
    },
    async stop() {
      child.kill()
      await ended
    },
  }
}
