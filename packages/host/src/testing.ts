export { driverConformance } from './testing/driver-conformance.ts'
export type { ConformanceCase } from './testing/driver-conformance.ts'
