/**
 * Cuts a text into pieces of at most `limit` UTF-16 code units: at a paragraph's end where there
 * is one in the second half of a piece, else at a line's, else at a space, else anywhere but
 * inside a surrogate pair. Only the white space at a cut is lost.
 * @throws RangeError for a limit in which nothing has room.
 */
export function splitText(text: string, limit: number): readonly string[] {
  if (!(limit >= 1)) throw new RangeError(`expected a limit of at least 1, not ${limit}`)
  const pieces: string[] = []
  let rest = text
  while (rest.length > limit) {
    const end = cutPosition(rest, limit)
    pieces.push(rest.slice(0, end).trimEnd())
    rest = rest.slice(end).trimStart()
  }
  if (rest !== '' || pieces.length === 0) pieces.push(rest)
  const full = pieces.filter((piece) => piece !== '')
  return full.length > 0 ? full : [text.slice(0, limit)]
}

function cutPosition(text: string, limit: number): number {
  for (const separator of ['\n\n', '\n', ' ']) {
    const at = text.lastIndexOf(separator, limit)
    if (at >= limit / 2) return at
  }
  const before = text.charCodeAt(limit - 1)
  const isHighSurrogate = before >= 0xd800 && before <= 0xdbff
  return isHighSurrogate && limit > 1 ? limit - 1 : limit
}
