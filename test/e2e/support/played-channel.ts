import { readFile, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { eventually } from './daemon.ts'
import { letIn } from '../../support/let-in.ts'
import { writeToyPackage } from './toy-package.ts'

/** What becomes of the next messages to the chat `lobby`; those to others arrive. */
export type Outcome =
  | 'sent'
  /** It arrives, and the adapter cannot know. */
  | 'unknown'
  /** The chat is gone. */
  | 'gone'
  /** It never answers. */
  | 'silent'
  /** It answers when the outcome is another one. */
  | 'late'

/** A platform whose outcomes a test decides, behind a package that the daemon loads. */
export interface PlayedChannel {
  /** The entry of `channels`. */
  readonly entry: object
  set(outcome: Outcome): Promise<void>
  /** A person writes in the chat `lobby`. */
  say(text: string): Promise<void>
  /** Texts that have arrived, in order; a repeat counts again. */
  arrived(): Promise<readonly string[]>
  /** Texts of which a call has begun, in order. */
  begun(): Promise<readonly string[]>
}

/** Writes the package into a home's folder of channels; the daemon is to be started afterwards. */
export async function playedChannel(home: string, delivery: object = {}): Promise<PlayedChannel> {
  const folder = join(home, 'channels', 'node_modules', 'played')
  await writeToyPackage(folder, { name: 'played', atImport: imports, members })
  await letIn(home, 'played', 'u1')
  const [arrived, begun] = [join(folder, 'arrived'), join(folder, 'begun')]
  for (const file of [arrived, begun]) await writeFile(file, '')
  await writeFile(join(folder, 'outcome'), 'sent')
  const lines = async (file: string): Promise<string[]> =>
    (await readFile(file, 'utf8'))
      .split('\n')
      .slice(0, -1)
      .map((line): string => JSON.parse(line))
  return {
    entry: { adapter: 'played', options: { folder }, chats: [{ id: 'lobby' }], delivery },
    set: (outcome) => writeFile(join(folder, 'outcome'), outcome),
    async say(text) {
      const port = await eventually('the channel listens', async () =>
        existsSync(join(folder, 'port')) ? await readFile(join(folder, 'port'), 'utf8') : undefined,
      )
      const url = `http://127.0.0.1:${port}/`
      const { ok } = await fetch(url, { method: 'POST', body: text })
      if (!ok) throw new Error(`the played channel did not take ${text}`)
    },
    arrived: () => lines(arrived),
    begun: () => lines(begun),
  }
}

const imports = `
import { randomUUID } from 'node:crypto'
import { appendFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
`

const members = `
    async start(ctx) {
      this.server = createServer(async (request, response) => {
        let text = ''
        for await (const chunk of request) text += chunk
        const result = await ctx.handOver({
          type: 'message', instance: '', chatId: 'lobby', threadId: null, chatKind: 'direct',
          addressed: 'direct', sender: { id: 'u1', name: 'Ann', isBot: false, isSelf: false },
          platformMessageId: randomUUID(), sentAt: new Date().toISOString(), text, attachments: [],
        })
        response.writeHead(result.outcome === 'accepted' ? 200 : 409).end()
      })
      await new Promise((resolve) => this.server.listen(0, '127.0.0.1', resolve))
      writeFileSync(options.folder + '/port.new', String(this.server.address().port))
      renameSync(options.folder + '/port.new', options.folder + '/port')
    },
    async stop() {
      this.server?.closeAllConnections()
      this.server?.close()
    },
    async deliver(origin, part) {
      const outcome = () =>
        origin.chatId === 'lobby' ? readFileSync(options.folder + '/outcome', 'utf8') : 'sent'
      const note = (file) =>
        appendFileSync(options.folder + '/' + file, JSON.stringify(part.text) + '\\n')
      note('begun')
      if (outcome() === 'silent') await new Promise(() => {})
      while (outcome() === 'late') await pause(10)
      if (outcome() === 'gone') {
        const brand = Symbol.for('@nanoclaw/adapters/delivery-error')
        const error = new Error('the chat is gone')
        throw Object.assign(error, { [brand]: 'terminal', reason: error.message })
      }
      note('arrived')
      if (outcome() === 'unknown') throw new Error('the connection broke')
      return { status: 'sent', platformMessageId: 'p-' + part.text.length }
    },
`
