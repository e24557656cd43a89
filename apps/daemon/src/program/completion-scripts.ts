/** Shells that can complete with the tab key. */
export const shells = ['bash', 'zsh', 'fish'] as const

/** A shell that can complete with the tab key. */
export type Shell = (typeof shells)[number]

/**
 * What a shell has to read so that it completes `nanoclaw`; `command` is the line that answers what
 * can stand next, with the words so far behind it.
 */
export function completionScript(shell: Shell, command: string): string {
  return scripts[shell].replaceAll('COMMAND', () => command)
}

const scripts: Readonly<Record<Shell, string>> = {
  // Words are taken from the line itself: bash takes them apart at colons, which places have.
  bash: String.raw`_nanoclaw() {
  local line="${'$'}{COMP_LINE:0:COMP_POINT}" words word found=() value about
  read -ra words <<<"$line"
  case "$line" in *[[:space:]]) words+=('') ;; esac
  word="${'$'}{words[${'$'}{#words[@]}-1]}"
  while IFS=$'\t' read -r value about; do
    [ -n "$value" ] && found+=("$(printf %q "$value")")
  done < <(COMMAND "${'$'}{words[@]:1}" 2>/dev/null)
  case "$COMP_WORDBREAKS:$word" in
    *:*:*) found=("${'$'}{found[@]#"${'$'}{word%:*}":}") ;;
  esac
  COMPREPLY=("${'$'}{found[@]}")
}
complete -o default -F _nanoclaw nanoclaw
`,
  zsh: String.raw`#compdef nanoclaw
_nanoclaw() {
  local line value about
  local -a found
  while IFS=$'\t' read -r value about; do
    [[ -n "$value" ]] && found+=("${'$'}{value//:/\\:}:$about")
  done < <(COMMAND "${'$'}{(@)words[2,CURRENT]}" 2>/dev/null)
  if (( ${'$'}{#found} )); then _describe nanoclaw found; else _files; fi
}
compdef _nanoclaw nanoclaw
`,
  fish: String.raw`function __nanoclaw_complete
  set -l words (commandline -opc) (commandline -ct)
  COMMAND $words[2..-1] 2>/dev/null
end
complete -c nanoclaw -f -a '(__nanoclaw_complete)'
`,
}
