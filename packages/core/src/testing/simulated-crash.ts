import { NanoclawError } from '@nanoclaw/schema'

const brand = Symbol.for('nanoclaw.simulated-crash')

/**
 * What every call of a core rejects with from the moment its fault plan crashes it. To the code that
 * is tested it is the end of the core as any: `closed`.
 */
export class SimulatedCrash extends NanoclawError {
  readonly [brand] = true

  constructor(where: string) {
    super(
      'closed',
      `this core has crashed (simulated, ${where}); go on with the one opened after it`,
    )
    this.name = 'SimulatedCrash'
  }
}

/** Recognises a simulated crash by brand, so that two copies of a package agree. Never throws. */
export function isSimulatedCrash(error: unknown): error is Error {
  return typeof error === 'object' && error !== null && Reflect.get(error, brand) === true
}
