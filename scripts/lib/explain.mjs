/** @type {[RegExp, string][]} */
const REASONS = [
  [/ENOSPC|no space left/i, 'the disk is full'],
  [
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET|FETCH_ERROR|META_FETCH|_CERT|CERT_|network/i,
    'the npm registry could not be reached; check the network or the proxy settings of npm',
  ],
  [/OUTDATED_LOCKFILE/, 'pnpm-lock.yaml does not match the package.json files; run pnpm install'],
  [/EACCES|EPERM|EROFS/, 'a folder may not be written to'],
  [/gyp ERR|compiler|make: /i, 'a native module could not be compiled; a C++ compiler is needed'],
  [/ENOENT.*npx|spawn npx/, 'npm is not installed'],
]

/**
 * One clause that says what went wrong with a tool, from what it printed; where that is not a known
 * trouble, what it printed is shown.
 * @param {string} doing
 * @param {string} output
 */
export function explain(doing, output) {
  const reason = REASONS.find(([pattern]) => pattern.test(output))?.[1]
  if (reason === undefined && output !== '') process.stderr.write(`${output.trimEnd()}\n`)
  return `${doing} failed: ${reason ?? (output === '' ? 'no reason was given' : 'the lines above say why')}`
}
