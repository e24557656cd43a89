import type { ConformanceFacet, ConformancePlatform } from './harness.ts'

/** What may be left out by name, and what a capability needs: whichever asks for the function. */
export const HOW_TO_DO_WITHOUT: Readonly<
  Record<Exclude<keyof ConformancePlatform, 'sendMessage' | 'received' | 'idle' | 'fail'>, string>
> = {
  confirmed: leaveOut('confirmation'),
  redeliver: leaveOut('redelivery'),
  repeat: leaveOut('duplicates'),
  sendReordered: leaveOut('reordering'),
  restart: leaveOut('crash'),
  echoes: leaveOut('echo'),
  setReachable: leaveOut('outage'),
  breakUpdates: leaveOut('broken-updates'),
  revoke: leaveOut('revoked'),
  requests: leaveOut('revoked'),
  editMessage: leaveOut('edit-events'),
  deleteMessage: leaveOut('delete-events'),
  react: leaveOut('reaction-events'),
  changeMembership: leaveOut('membership-events'),
  sendFile: leaveOut('attachments'),
  downloads: leaveOut('downloads'),
  sendReply: leaveOut('replies'),
  sendMention: leaveOut('mentions'),
  sendDirect: leaveOut('direct'),
  sendElsewhere: leaveOut('elsewhere'),
  sendAsBot: leaveOut('bots'),
  sendUnreadable: leaveOut('unreadable'),
  skipTime: leaveOut('clock'),
  sendInThread: doNotClaim('capabilities.threads'),
  pressButton: doNotClaim('capabilities.buttons'),
  typings: doNotClaim('capabilities.typing'),
  settle: doNotClaim('capabilities.deliveryReceipts'),
  originName: 'if the platform cannot do it, have no resolve()',
}

/** The advice for something that `without` can leave out. */
export function leaveOut(facet: ConformanceFacet): string {
  return `if the platform cannot do it at all, pass { without: ['${facet}'] }`
}

/** The advice for something that is needed because a capability is claimed. */
export function doNotClaim(capability: string): string {
  return `if the platform cannot do it, do not claim ${capability}`
}
