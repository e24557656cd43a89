/** What is not seen, or turns the direction of reading; spaces other than the plain one. */
const hidden =
  /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|(?! )\p{Zs}/gu

/** Text with everything that hides in it written out, such as `\u{202e}`. Lines stay lines. */
export function visible(text: string): string {
  return text.replace(hidden, (letter) =>
    letter === '\n' ? letter : String.raw`\u{${letter.codePointAt(0)?.toString(16)}}`,
  )
}
