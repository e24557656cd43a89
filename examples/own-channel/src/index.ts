import type { AdapterDefinition } from '@nanoclaw/adapters'
import { pigeonOptions, type PigeonOptions } from './options.ts'
import { createPigeonAdapter } from './pigeon-adapter.ts'

/** What NanoClaw loads when it is told the name of this package. */
export const adapter: AdapterDefinition<PigeonOptions> = {
  channelType: 'pigeon',
  options: pigeonOptions,
  create: createPigeonAdapter,
}
