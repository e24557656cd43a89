import type { AdapterDefinition } from '@nanoclaw/adapters'
import { parrotOptions, type ParrotOptions } from './options.ts'
import { createParrotAdapter } from './parrot-adapter.ts'

/** What NanoClaw loads when it is told the name of this package. */
export const adapter: AdapterDefinition<ParrotOptions> = {
  channelType: 'parrot',
  options: parrotOptions,
  create: createParrotAdapter,
}
