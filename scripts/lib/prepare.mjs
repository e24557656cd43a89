import { ensureBuilt, isBuilt } from './build.mjs'
import { ensureInstalled, isInstalled } from './install.mjs'
import { withLock } from './lock.mjs'
import { chooseNode, NODE_NEEDED } from './node-choice.mjs'
import { stateFolder } from './project.mjs'
import { Failure, say } from './say.mjs'

/**
 * Installs and builds what is missing or out of date, one process at a time.
 * @param {string} base the folder of the clone
 * @param {import('./build.mjs').BuildMode} [build] what must have been built
 * @returns {Promise<string>} the Node to run everything with
 */
export async function prepare(base, build) {
  const ready = () => isInstalled(base) && (build === undefined || isBuilt(base, build))
  if (!ready()) {
    const onWait = (/** @type {number} */ pid) =>
      say(`process ${pid} is installing or building here; waiting for it…`)
    await withLock(
      stateFolder(base),
      async () => {
        await ensureInstalled(base)
        if (build !== undefined) await ensureBuilt(base, build, chosenNode(base))
      },
      { onWait },
    )
  }
  return chosenNode(base)
}

/** @param {string} base */
function chosenNode(base) {
  const node = chooseNode(base)
  if (node === undefined) throw new Failure(`Node.js ${NODE_NEEDED} or newer is needed`)
  return node
}
