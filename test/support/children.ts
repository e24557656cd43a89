import { readdir, readFile } from 'node:fs/promises'

/** Process ids of the living children of this process, from `/proc`. */
export async function childrenOfThisProcess(): Promise<readonly string[]> {
  const tasks = await readdir('/proc/self/task')
  const lists = await Promise.all(
    tasks.map((task) => readFile(`/proc/self/task/${task}/children`, 'utf8').catch(() => '')),
  )
  return lists.flatMap((list) => list.split(' ').filter((pid) => pid !== ''))
}
