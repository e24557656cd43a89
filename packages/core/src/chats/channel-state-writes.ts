import type { WriteTools } from '../central/write-tools.ts'

/** One thing that a channel instance keeps. */
export interface ChannelStateName {
  readonly channelType: string
  readonly channelInstance: string
  readonly key: string
}

/** What is written of the state of channels. */
export function channelStateWrites({ sql }: WriteTools) {
  return {
    set: (name: ChannelStateName, value: string): void =>
      void sql.setChannelState().run({ ...name, value }),
    delete: (name: ChannelStateName): void => void sql.removeChannelState().run({ ...name }),
  }
}
