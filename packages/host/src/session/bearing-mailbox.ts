import type { Mailbox } from '@nanoclaw/core'
import { retryBusy, type RetryBusyOptions } from './retry-busy.ts'

/**
 * A mailbox whose calls are tried again while somebody else holds a lock on its file. Each call is
 * one transaction that has changed nothing when it meets a lock, so trying again is safe; only
 * `close` goes through as it is.
 */
export function bearingMailbox(mailbox: Mailbox, options: RetryBusyOptions): Mailbox {
  return new Proxy(mailbox, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name)
      if (typeof member !== 'function' || name === 'close') return member
      return (...args: unknown[]) =>
        retryBusy(() => Reflect.apply(member, target, args) as Promise<unknown>, options)
    },
  })
}
