import type { HandOverAnswer } from './test-context.ts'

/** A host that answers no hand-over until the gate opens. */
export function gate(): { readonly answer: HandOverAnswer; readonly open: () => void } {
  let open = (): void => {}
  const opened = new Promise<void>((resolve) => (open = resolve))
  return {
    open: () => open(),
    answer: async () => {
      await opened
      return { outcome: 'accepted' }
    },
  }
}
