import { errorMessage, isNanoclawError, NanoclawError } from '@nanoclaw/schema'

/** The `code` of a system error (`ENOENT` …), or `''`. */
export function systemCode(error: unknown): string {
  const code: unknown =
    typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined
  return typeof code === 'string' ? code : ''
}

/** A file system's error in words for the person who runs this. */
export function explainFileError(error: unknown, path: string): unknown {
  if (isNanoclawError(error)) return error
  const code = systemCode(error)
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new NanoclawError('disk-full', `no space left to write ${path}; free some and retry`, {
      cause: error,
    })
  }
  if (/^E[A-Z0-9]+$/.test(code)) {
    return new NanoclawError(
      'io',
      `${path} cannot be read and written (${errorMessage(error)}); check that it is a folder or file of yours, its owner and its rights`,
      { cause: error },
    )
  }
  return error
}
