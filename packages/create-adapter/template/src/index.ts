export { adapter } from './definition.ts'
export type { ParrotOptions } from './options.ts'
export { createParrotAdapter } from './parrot-adapter.ts'
