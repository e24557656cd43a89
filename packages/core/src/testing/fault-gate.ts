import type { Core } from '../core.ts'
import type { AroundPort } from '../ports.ts'
import { isFaultOperation, type FaultOperation } from './fault-operations.ts'
import type { FaultPlan } from './fault-plan.ts'
import { SimulatedCrash } from './simulated-crash.ts'

/** A core behind a fault plan. */
export interface GatedCore {
  readonly core: Core
  /** Ends it as a crash does. */
  kill(): void
}

/** What also works when it is over. */
const endings: ReadonlySet<string | symbol> = new Set(['close', Symbol.asyncDispose])

/** What a dead process held, such as the home, is free: nobody will be given it any more. */
function letGo(result: unknown): void {
  if (typeof result !== 'object' || result === null) return
  const release: unknown = Reflect.get(result, 'release')
  if (typeof release === 'function') Reflect.apply(release, result, [])
}

/** Puts the ports of the core that `open` opens behind a plan; a crash closes that core. */
export async function openWithFaults(
  plan: FaultPlan,
  open: (around: AroundPort) => Promise<Core>,
): Promise<GatedCore> {
  let crashedWhere: string | undefined
  let closeCore = async (): Promise<void> => undefined

  function crash(where: string): void {
    crashedWhere ??= where
    // Ends subscriptions, and what waits for a lock and would be committed after the end. Not waited
    // for: a subscriber may be the one who has called.
    void closeCore()
  }
  function assertAlive(): void {
    if (crashedWhere !== undefined) throw new SimulatedCrash(crashedWhere)
  }

  async function pass(operation: FaultOperation, call: () => unknown): Promise<unknown> {
    assertAlive()
    const fault = plan.next(operation)
    if (fault?.fault === 'fail') throw fault.error
    if (fault?.fault === 'crash-before') crash(`before ${operation}`)
    assertAlive()
    let result: unknown
    try {
      result = await call()
    } finally {
      if (fault?.fault === 'crash-after') crash(`after ${operation}`)
      if (crashedWhere !== undefined) letGo(result)
      assertAlive()
    }
    return result
  }

  const around: AroundPort = (name, port) =>
    new Proxy(port, {
      get(target, key) {
        const value: unknown = Reflect.get(target, key)
        const operation = `${name}.${String(key)}`
        if (typeof value !== 'function' || endings.has(key)) return value
        const call = (args: unknown[]): unknown => Reflect.apply(value, target, args)
        if (isFaultOperation(operation)) {
          return (...args: unknown[]) => pass(operation, () => call(args))
        }
        return (...args: unknown[]) => {
          assertAlive()
          return call(args)
        }
      },
    })

  const core = await open(around)
  closeCore = () => core.close()
  return { core, kill: () => crash('ended by reopen') }
}
