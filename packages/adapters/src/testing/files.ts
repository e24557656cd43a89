import { HarnessLacks } from './broken-promise.ts'
import { doNotClaim } from './facets.ts'
import type { PlatformFile } from './harness.ts'
import type { Promised } from './promised.ts'
import type { ChannelCapabilities } from '../contract/capabilities.ts'
import type { ByteStream } from '../contract/events.ts'

const TRIED_BYTES = 200_000
const CHUNK_BYTES = 64_000
/** Above this an upload without a declared size is not tried: it would take too long. */
const LARGEST_STREAMED = 2_000_000

/** Files in both directions. */
export const files: readonly Promised[] = [
  {
    name: 'files, where claimed: name and bytes arrive as they were, in one message',
    because: 'a file that is cut or renamed is worse than one that is refused',
    claimed: ({ capabilities }) => capabilities.files !== false,
    async run({ adapter, platform, start, deliver, until, idle, check }) {
      await start()
      const { files: can } = adapter.capabilities
      const bytes = someBytes(Math.min(TRIED_BYTES, can === false ? 0 : can.maxBytes))
      const mime = mimeOf(can === false ? undefined : can.types)
      const before = platform.received().length
      const open = () => stream(bytes)
      await deliver({ type: 'file', name: 'report 1.bin', mime, size: bytes.byteLength, open })
      await until(() => platform.received().length > before, 'The chat does not show the file')
      await idle()
      const [post, ...more] = platform.received().slice(before)
      check(more.length === 0, `One file became ${more.length + 1} messages`)
      if (post?.file === undefined) {
        throw new HarnessLacks('"file" in what received() gives', doNotClaim('capabilities.files'))
      }
      check(post.file.name === 'report 1.bin', `The file is called "${post.file.name}"`)
      const same = Buffer.compare(post.file.bytes, bytes) === 0
      check(same, `${bytes.byteLength} bytes became ${post.file.bytes.byteLength}, or others`)
    },
  },
  {
    name: 'files, where claimed: one that is too large throws TerminalDeliveryError, declared or not',
    because: 'no waiting makes it smaller, and half a file must not be shown',
    claimed: ({ capabilities: { files: can } }) => can !== false && Number.isFinite(can.maxBytes),
    async run({ adapter, platform, start, deliver, throws, idle, check }) {
      await start()
      const { files: can } = adapter.capabilities
      if (can === false) return
      const before = platform.received().length
      const file = { type: 'file', name: 'large.bin', mime: mimeOf(can.types) } as const
      const size = can.maxBytes + 1
      await throws(deliver({ ...file, size, open: () => stream(someBytes(1)) }), 'terminal')
      if (size <= LARGEST_STREAMED) {
        await throws(deliver({ ...file, open: () => stream(someBytes(size)) }), 'terminal')
      }
      await idle()
      const count = platform.received().length - before
      check(count === 0, `The adapter threw "nothing was sent", and the chat shows ${count} files`)
    },
  },
  {
    name: 'files, where claimed with types: one of another type throws TerminalDeliveryError',
    because: 'the host relies on the list; what the platform then refuses looks like a fault',
    claimed: ({ capabilities }) => otherMime(capabilities) !== undefined,
    async run({ adapter, start, deliver, throws }) {
      await start()
      const open = () => stream(someBytes(1))
      const mime = otherMime(adapter.capabilities) ?? ''
      await throws(deliver({ type: 'file', name: 'odd.bin', mime, size: 1, open }), 'terminal')
    },
  },
  {
    name: 'an attachment comes with its declared name, type and size, and its bytes as a stream',
    because:
      'the host keeps the name as it was declared, makes a safe one, and reads within limits',
    facets: ['attachments'],
    async run({ start, event, inTime, need, check, broken }) {
      const platform = need('sendFile')
      const file = incoming('../../pass wd.png')
      await start()
      await platform.sendFile(file)
      const { attachments } = await event('message')
      const [attachment, ...more] = attachments
      if (attachment === undefined) return broken('The message came without its attachment')
      check(more.length === 0, `One file came as ${more.length + 1} attachments`)
      const { name, mime, size = file.bytes.byteLength } = attachment
      check(
        name === file.name && mime === file.mime && size === file.bytes.byteLength,
        `The attachment is declared as ${JSON.stringify({ name, mime, size })}`,
      )
      const content = Promise.resolve(attachment.open()).then(readAll)
      const bytes = await inTime(content, 'The attachment did not end')
      const same = Buffer.compare(bytes, file.bytes) === 0
      check(same, `${file.bytes.byteLength} bytes became ${bytes.byteLength}, or others`)
    },
  },
  {
    name: 'an attachment is fetched only when the host opens it',
    because: 'in a busy group most files are for nobody, and each costs the room of a disk',
    facets: ['attachments', 'downloads'],
    async run({ start, event, idle, need, check }) {
      const platform = need('sendFile', 'downloads')
      await start()
      await platform.sendFile(incoming('a.png'))
      await event('message')
      await idle()
      const count = platform.downloads()
      check(count === 0, `The adapter fetched ${count} files that nobody had opened`)
    },
  },
]

function incoming(name: string): PlatformFile {
  return { name, mime: 'image/png', bytes: someBytes(TRIED_BYTES) }
}

function someBytes(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index * 31 + (index >> 8)) % 256)
}

/** In small pieces, as a disk gives them. */
async function* stream(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += CHUNK_BYTES) {
    yield bytes.slice(at, at + CHUNK_BYTES)
  }
}

async function readAll(source: ByteStream): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of source) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** A media type that is not on the list, if there can be one. */
function otherMime({ files: can }: ChannelCapabilities): string | undefined {
  if (can === false || can.types === undefined) return undefined
  const families = can.types.map((type) => type.replace(/[^/]+$/, ''))
  const free = ['application/', 'text/', 'image/', 'audio/', 'video/', 'font/', 'model/']
  const family = free.find((one) => !families.includes(one) && !families.includes('*/'))
  return family && `${family}x-nanoclaw-conformance`
}

function mimeOf(types: readonly string[] | undefined): string {
  return (types?.[0] ?? 'application/octet-stream').replace(/^\*/, 'image').replace('/*', '/png')
}
