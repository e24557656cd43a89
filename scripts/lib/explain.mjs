/** @typedef {[RegExp, string | ((found: RegExpExecArray) => string)]} Reason */

/**
 * Troubles of the machine, by the codes of system calls as Node and npm print them, and nothing
 * looser: what a tool quotes from a source must not be taken for one.
 * @type {Reason[]}
 */
const MACHINE = [
  [/\bENOSPC: |^npm error code ENOSPC$/m, 'the disk is full'],
  [
    /\b(?:EACCES|EPERM|EROFS): [^\n']*'([^'\n]+)'/,
    ([, path = 'a folder']) => `${path} may not be written to by this user`,
  ],
  [
    /^npm error code (?:EACCES|EPERM|EROFS)$[^]*?^npm error path (.+)$/m,
    ([, path = 'a folder']) => `${path} may not be written to by this user`,
  ],
  [/\b(?:EACCES|EROFS): /, 'a folder may not be written to by this user'],
]

/** @type {Reason[]} */
const INSTALLING = [
  ...MACHINE,
  [
    /\bERR_PNPM_OUTDATED_LOCKFILE\b/,
    'pnpm-lock.yaml does not match the package.json files; run pnpm install',
  ],
  [
    /\b(?:ERR_PNPM_FETCH_40[134]|E40[134])\b/,
    'the npm registry refuses a package, or does not have it; check the registry settings of npm',
  ],
  [
    /\b(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|ERR_PNPM_META_FETCH_FAIL|ERR_PNPM_FETCH_5\d\d|UND_ERR_\w*TIMEOUT|CERT_HAS_EXPIRED|\w+_CERT_IN_CHAIN|UNABLE_TO_\w+_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT\w*)\b/,
    'the npm registry could not be reached; check the network or the proxy settings of npm',
  ],
  [
    /^.*\bgyp ERR!|^make: /m,
    'a native module could not be compiled; Python 3 and a C++ compiler are needed',
  ],
]

const REASONS = { installing: INSTALLING, building: MACHINE }
const LAST_LINES = 12

/**
 * Shows the last lines that a tool printed, and says in one clause what went wrong with it, as far
 * as that can be told from them for sure.
 * @param {keyof typeof REASONS} kind
 * @param {string} doing such as `installing the dependencies`
 * @param {string} output
 */
export function explain(kind, doing, output) {
  const printed = output.trimEnd()
  if (printed === '') return `${doing} failed: no reason was given`
  const reason = knownReason(REASONS[kind], printed)
  const shown = reason === undefined ? printed : printed.split('\n').slice(-LAST_LINES).join('\n')
  process.stderr.write(`${shown}\n`)
  return `${doing} failed: ${reason ?? 'the lines above say why'}`
}

/**
 * @param {readonly Reason[]} reasons
 * @param {string} output
 */
function knownReason(reasons, output) {
  for (const [pattern, reason] of reasons) {
    const found = pattern.exec(output)
    if (found !== null) return typeof reason === 'string' ? reason : reason(found)
  }
  return undefined
}
