/** Keys of `host_state`, by which host and runner share what is not a message. */
export const hostStateKeys = {
  /** The largest outbound `seq` the host has copied. */
  outboundCursor: 'outbound_cursor',
  /** The runner may delete rows up to this `seq`. */
  pruneThroughSeq: 'prune_through_seq',
  /** How far the host's archive of what it has pruned reaches, as JSON; the runner does not read it. */
  archived: 'archived',
  /**
   * With `:` and JSON of [channel type, instance, platform id, handle]: who had spoken in rows that were
   * pruned without an archive; `''`: the agent. Of the host alone.
   */
  spoke: 'spoke',
  /** What becomes of visible text that addresses nobody: `scratchpad` (default) or `origin`. */
  unaddressedOutput: 'unaddressed_output',
  /** What becomes of a turn whose container died: `rerun` (default), or `ask` a person first. */
  onInterrupted: 'on_interrupted',
  /** A person has been asked of all that containers up to this start were at work on. */
  askedEpoch: 'asked_epoch',
  /** With `:` and an `originKey`: what people there have been told of a trouble, as JSON. */
  chatTrouble: 'chat_trouble',
} as const

/** Environment of a runner (session protocol §1). */
export const runnerEnv = {
  inboundDb: 'SESSION_INBOUND_DB_PATH',
  outboundDb: 'SESSION_OUTBOUND_DB_PATH',
  heartbeat: 'SESSION_HEARTBEAT_PATH',
  provider: 'AGENT_PROVIDER',
  timezone: 'TZ',
  assistantName: 'NANOCLAW_ASSISTANT_NAME',
  agentGroupId: 'NANOCLAW_AGENT_GROUP_ID',
  agentGroupName: 'NANOCLAW_AGENT_GROUP_NAME',
  isAdmin: 'NANOCLAW_IS_ADMIN',
  sessionId: 'NANOCLAW_SESSION_ID',
  epoch: 'NANOCLAW_EPOCH',
  mcpServers: 'NANOCLAW_MCP_SERVERS',
} as const

/** Exit codes of a runner (session protocol §1): 0 idle or asked to; the numbers are sysexits'. */
export const runnerExit = { ok: 0, badEnvironment: 64, fenced: 75 } as const

/** The doorbell: one such line on the runner's standard input or output. */
export const ringLine = 'ring'

/**
 * Another, on its standard input only: claim nothing more, finish the running turn however long it
 * takes, then exit. The host wants the container's slot for another session.
 */
export const leaveLine = 'leave'
