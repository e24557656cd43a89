import { openCentralService } from '../central/central-service.ts'
import { openInboundService } from '../mailbox/inbound-service.ts'

/** What database threads can open, by kind. */
export const threadServices = { central: openCentralService, inbound: openInboundService } as const
