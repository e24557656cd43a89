import type { MemoryDelivery } from '../../src/memory.ts'
import type { PlatformPost } from '../../src/testing.ts'

/** What a reader sees of everything that was delivered: edits and reactions change their message. */
export function postsOf(deliveries: readonly MemoryDelivery[]): PlatformPost[] {
  const posts = new Map<string, PlatformPost>()
  for (const delivery of deliveries) {
    const { part, origin, platformMessageId, text } = delivery
    const before = posts.get(platformMessageId)
    if (part.type === 'edit') {
      if (before !== undefined) posts.set(platformMessageId, { ...changed(before), text })
    } else if (part.type === 'reaction') {
      const reactions = [...(before?.reactions ?? []), part.emoji]
      if (before !== undefined) posts.set(platformMessageId, { ...changed(before), reactions })
    } else {
      posts.set(platformMessageId, { ...origin, text, platformMessageId, ...extras(delivery) })
    }
  }
  return [...posts.values()]
}

function changed(post: PlatformPost): PlatformPost {
  return { ...post, changes: (post.changes ?? 0) + 1 }
}

function extras({ part, content }: MemoryDelivery): Partial<PlatformPost> {
  const reactions: readonly string[] = []
  const changes = 0
  if (part.type === 'question')
    return { reactions, changes, buttons: part.buttons.map(({ label }) => label) }
  if (part.type !== 'file' || content === undefined) return { reactions, changes }
  return { reactions, changes, file: { name: part.name, mime: part.mime, bytes: content } }
}
