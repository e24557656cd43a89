export { createAdapterPackage } from './create-adapter-package.ts'
export type { CreatedPackage, CreateOptions } from './create-adapter-package.ts'
