import type { CentralStore } from '../central/central-store.ts'

/** What one channel instance keeps across restarts: offsets, sync tokens. Durable. */
export interface ChannelState {
  /** Undefined where nothing has been set. */
  get(key: string): Promise<string | undefined>
  set(key: string, value: string): Promise<void>
  /** Does nothing where nothing has been set. */
  delete(key: string): Promise<void>
}

/** Channel state in the central database. */
export function createChannelState(
  store: CentralStore,
): (channelType: string, instance: string) => ChannelState {
  return (channelType, channelInstance) => {
    const named = (key: string) => ({ channelType, channelInstance, key })
    return {
      get: (key) => store.read(() => store.sql.channelState().get(named(key))?.value),
      set: (key, value) => store.write('channelState', 'set', named(key), value),
      delete: (key) => store.write('channelState', 'delete', named(key)),
    }
  }
}
