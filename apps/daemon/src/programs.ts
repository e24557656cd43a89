import { fileURLToPath } from 'node:url'

/** The programs that the daemon starts as processes of their own. */
export interface Programs {
  /** Self-contained folder and the file in it that Node runs in a container. */
  readonly runner: { readonly folder: string; readonly entry: string }
  /** What reads the files that containers wrote; undefined: where the host looks for it. */
  readonly readerEntry: string | undefined
}

/**
 * Finds the programs in their packages. The command is bundled, so that the packages' own idea of
 * where they are (`runnerFolder`, the reader beside the host) does not hold in it.
 */
export function findPrograms(): Programs {
  const runtime = import.meta.resolve('@nanoclaw/container-runtime')
  const host = import.meta.resolve('@nanoclaw/host')
  return {
    runner: { folder: fileURLToPath(new URL('../dist/runner', runtime)), entry: 'runner.js' },
    readerEntry: host.endsWith('.js') ? fileURLToPath(new URL('./reader.js', host)) : undefined,
  }
}
