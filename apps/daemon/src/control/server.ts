import { chmodSync, rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { explainSystemError } from '../failure.ts'
import { serveConnection, type Connection } from './connection.ts'
import type { ControlServerDeps } from './server-deps.ts'

/** The daemon's socket. */
export interface ControlServer {
  /** Tells every client why, and resolves when all connections are closed. */
  stop(reason: string): Promise<void>
}

const mostConnections = 32
const partingMs = 500

/**
 * Listens on a Unix socket that only this user may use. A client can do no harm: its frames are
 * capped and checked, it waits while what it said is being stored, and whatever goes wrong ends
 * its own connection only.
 *
 * @param path its folder has to be this user's alone; what a dead daemon left there is replaced.
 * @throws NanoclawError `io` when the socket cannot be made.
 */
export async function startControlServer(
  path: string,
  deps: ControlServerDeps,
): Promise<ControlServer> {
  const connections = new Map<Connection, Promise<void>>()
  const server = createServer((socket: Socket) => {
    const connection = serveConnection(socket, deps)
    const done = connection.done.finally(() => connections.delete(connection))
    connections.set(connection, done)
  })
  server.maxConnections = mostConnections
  rmSync(path, { force: true })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(explain(error, path)))
    server.listen(path, resolve)
  })
  server.on('error', (error) => deps.logger.debug({ error }, 'the control socket failed'))
  chmodSync(path, 0o600)

  return {
    async stop(reason) {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const connection of connections.keys()) connection.end(reason)
      const patience = setTimeout(() => {
        for (const connection of connections.keys()) connection.destroy()
      }, partingMs)
      await Promise.all([...connections.values(), closed])
      clearTimeout(patience)
    },
  }
}

function explain(error: Error, path: string): unknown {
  return explainSystemError(Object.assign(error, { path }))
}
