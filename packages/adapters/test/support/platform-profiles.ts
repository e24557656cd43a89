import type { MemoryAdapterOptions } from '../../src/memory.ts'

const MINUTE_MS = 60_000
const MEGABYTE = 1_000_000

const bare = {
  threads: false,
  edits: false,
  reactions: false,
  buttons: false,
  cards: false,
  typing: false,
  files: false,
  textLength: 2_000,
  markdown: 'none',
  idempotency: 'none',
  history: false,
  deliveryReceipts: false,
} as const

/** What platforms of today can do, as far as it changes what an adapter promises. */
export const platformProfiles: Readonly<Record<string, MemoryAdapterOptions>> = {
  everything: { echo: true, reconcile: true },
  nothing: { capabilities: { ...bare, textLength: 160 } },
  'like Telegram': {
    channelType: 'telegram',
    capabilities: {
      ...bare,
      threads: true,
      edits: true,
      reactions: true,
      typing: true,
      buttons: { max: 100, labelLength: 64 },
      files: { maxBytes: 50 * MEGABYTE },
      textLength: 4_096,
      markdown: 'telegram',
    },
  },
  'like Discord': {
    channelType: 'discord',
    echo: true,
    reconcile: true,
    capabilities: {
      cards: true,
      buttons: { max: 25, labelLength: 80 },
      files: { maxBytes: 10 * MEGABYTE },
      textLength: 2_000,
      idempotency: { windowMs: 5 * MINUTE_MS },
    },
  },
  'like Slack': {
    channelType: 'slack',
    instance: 'second',
    echo: true,
    reconcile: true,
    capabilities: { typing: false, textLength: 40_000, markdown: 'mrkdwn', idempotency: 'none' },
  },
  'like Matrix': {
    channelType: 'matrix',
    echo: true,
    capabilities: {
      buttons: false,
      cards: false,
      files: { maxBytes: MEGABYTE, types: ['image/*', 'text/plain'] },
      textLength: 30_000,
      idempotency: { windowMs: Number.POSITIVE_INFINITY },
    },
  },
  'like SMS': {
    channelType: 'sms',
    queued: true,
    reconcile: true,
    capabilities: { ...bare, textLength: 1_600, deliveryReceipts: true },
  },
  'like e-mail': {
    channelType: 'email',
    queued: true,
    capabilities: {
      ...bare,
      threads: true,
      files: { maxBytes: 20 * MEGABYTE },
      textLength: 500_000,
      idempotency: { windowMs: Number.POSITIVE_INFINITY },
    },
  },
  'without bounds': {
    echo: true,
    capabilities: {
      buttons: { max: Number.POSITIVE_INFINITY, labelLength: 1 },
      files: { maxBytes: Number.POSITIVE_INFINITY, types: ['*/*', 'application/*'] },
      textLength: Number.MAX_SAFE_INTEGER,
    },
  },
  'a webhook only': {
    channelType: 'webhook',
    capabilities: { ...bare, cards: true, textLength: 4_000 },
  },
}
