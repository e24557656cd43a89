import type { MemoryDelivery } from '../../src/memory.ts'
import type { PlatformPost } from '../../src/testing.ts'

/** What a reader sees of everything that was delivered: edits and reactions change their message. */
export function postsOf(deliveries: readonly MemoryDelivery[]): PlatformPost[] {
  const posts = new Map<string, PlatformPost>()
  for (const delivery of deliveries) {
    const { part, origin, platformMessageId, text } = delivery
    const before = posts.get(platformMessageId)
    if (part.type === 'edit') {
      if (before !== undefined) posts.set(platformMessageId, { ...before, text })
    } else if (part.type === 'reaction') {
      const reactions = [...(before?.reactions ?? []), part.emoji]
      if (before !== undefined) posts.set(platformMessageId, { ...before, reactions })
    } else {
      posts.set(platformMessageId, { ...origin, text, platformMessageId, ...extras(delivery) })
    }
  }
  return [...posts.values()]
}

function extras({ part, content }: MemoryDelivery): Partial<PlatformPost> {
  const reactions: readonly string[] = []
  if (part.type === 'question')
    return { reactions, buttons: part.buttons.map(({ label }) => label) }
  if (part.type !== 'file' || content === undefined) return { reactions }
  return { reactions, file: { name: part.name, mime: part.mime, bytes: content } }
}
