import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { ChannelAdapter } from './adapter.ts'

export type { StandardSchemaV1 }

/** Which of several bots of one platform is made. */
export interface AdapterIdentity {
  /** Becomes the adapter's `instance`; `''` for the only one. */
  readonly instance: string
}

/**
 * What a package that brings an adapter exports under the name `adapter`, so that a host that is
 * told no more than the package's name can ask for its options, check them and make it:
 *
 * ```ts
 * export const adapter: AdapterDefinition<ParrotOptions> = { channelType: 'parrot', … }
 * ```
 */
export interface AdapterDefinition<Options = unknown> {
  /** The `channelType` of the adapters that `create` makes. */
  readonly channelType: string
  /**
   * Checks the options: any Standard Schema (https://standardschema.dev) of an object, such as a
   * `z.object` of zod. Where it also implements Standard JSON Schema (zod 4.2 and newer do), the
   * host asks for each option by its `title`, `description`, `default` and `enum`. An option with
   * `writeOnly: true` or `format: 'password'` is a secret: it is asked for without echo, and the
   * host keeps its value out of logs, errors and status.
   */
  readonly options: StandardSchemaV1<unknown, Options>
  /**
   * Makes one adapter, not started, with options as the schema gave them.
   * @throws anything when no waiting can help; a platform that is away is a matter of `health()`.
   */
  create(options: Options, identity: AdapterIdentity): ChannelAdapter
}
