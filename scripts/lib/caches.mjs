import { accessSync, constants, existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { stateFolder } from './project.mjs'

/**
 * Settings that keep in the clone what npm and pnpm otherwise keep in the home folder, for as far as
 * this user may not write there.
 * @param {string} base the folder of the clone
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Record<string, string>}
 */
export function ownCaches(base, env = process.env) {
  const home = env.HOME ?? homedir()
  const usual = {
    npm_config_cache: env.npm_config_cache ?? join(home, '.npm'),
    npm_config_store_dir: env.npm_config_store_dir ?? join(home, '.local', 'share'),
    npm_config_cache_dir: join(env.XDG_CACHE_HOME ?? join(home, '.cache'), 'pnpm'),
    npm_config_state_dir: join(env.XDG_STATE_HOME ?? join(home, '.local', 'state'), 'pnpm'),
  }
  return Object.fromEntries(
    Object.entries(usual)
      .filter(([, folder]) => !mayBeWritten(folder))
      .map(([setting]) => [setting, join(stateFolder(base), setting.replace('npm_config_', ''))]),
  )
}

/**
 * @param {string} folder that may have to be made
 * @returns {boolean}
 */
function mayBeWritten(folder) {
  if (!existsSync(folder)) return folder !== dirname(folder) && mayBeWritten(dirname(folder))
  try {
    accessSync(folder, constants.W_OK | constants.X_OK)
    return true
  } catch {
    return false
  }
}
