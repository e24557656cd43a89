import type { Mailbox } from '@nanoclaw/core'

/**
 * A mailbox whose calls are tried again, by `bear`, while somebody else holds a lock on its file.
 * Each call is one transaction that has changed nothing when it meets a lock, so trying again is
 * safe; only `close` goes through as it is.
 */
export function bearingMailbox(
  mailbox: Mailbox,
  bear: <T>(operation: () => Promise<T>) => Promise<T>,
): Mailbox {
  return new Proxy(mailbox, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name)
      if (typeof member !== 'function' || name === 'close') return member
      return (...args: unknown[]) => bear(() => Reflect.apply(member, target, args))
    },
  })
}
