import { readdir, readFile } from 'node:fs/promises'

/** A process of this machine. */
export interface ProcessInfo {
  readonly pid: number
  readonly parent: number
  readonly commandLine: string
}

async function inspect(pid: number): Promise<ProcessInfo | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
    const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8')
    // The name in parentheses may hold anything; the fields begin after the last one.
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (state === 'Z') return undefined
    return { pid, parent: Number(parent), commandLine: commandLine.replaceAll('\0', ' ') }
  } catch {
    return undefined
  }
}

/** All that a process has started, and they in turn. */
async function descendants(root: number): Promise<ProcessInfo[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  const all = (await Promise.all(pids.map(inspect))).filter((found) => found !== undefined)
  const found: ProcessInfo[] = []
  for (let parents = new Set([root]); parents.size > 0;) {
    const children = all.filter(({ parent }) => parents.has(parent))
    found.push(...children)
    parents = new Set(children.map(({ pid }) => pid))
  }
  return found
}

/** The runners' own processes below a daemon. */
export async function runnersOf(daemon: number): Promise<readonly ProcessInfo[]> {
  return (await descendants(daemon)).filter(({ commandLine }) => /runner\.js\s*$/.test(commandLine))
}

/** The newest of them. */
export async function runnerOf(daemon: number): Promise<ProcessInfo | undefined> {
  return (await runnersOf(daemon)).at(-1)
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // It has gone by itself.
  }
}

/**
 * SIGKILL for a process and all below it, wherever they are in their work. They are halted first,
 * so that none starts another one unseen: a bwrap whose parent dies in mid-setup stays until the
 * next daemon on that home starts.
 */
export async function killTree(root: number): Promise<void> {
  const halted = new Set([root])
  signal(root, 'SIGSTOP')
  for (let before = 0; before < halted.size;) {
    before = halted.size
    for (const { pid } of await descendants(root)) {
      if (!halted.has(pid)) signal(pid, 'SIGSTOP')
      halted.add(pid)
    }
  }
  for (const pid of halted) signal(pid, 'SIGKILL')
}
