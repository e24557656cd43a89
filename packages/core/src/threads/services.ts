import { openInboundService } from '../mailbox/inbound-service.ts'

/** What database threads can open, by kind. */
export const threadServices = { inbound: openInboundService } as const
