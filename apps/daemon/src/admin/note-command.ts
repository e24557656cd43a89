import type { Core } from '@nanoclaw/core'

/**
 * Writes a command of the operator's into the audit log, before it is done: what it changes is told by
 * entries of its own.
 */
export async function noteCommand(
  core: Pick<Core, 'audit'>,
  name: string,
  details: object,
): Promise<void> {
  await core.audit.write({ kind: 'command', actor: 'operator', subject: name, details })
}
