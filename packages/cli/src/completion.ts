/**
 * Scripts that let a shell complete the words of `dorsale`. Everything is in the script, so that a press of the tab key starts no process: for each command what may
 * come next (subcommands and options), and for each option what its value may be.
 */
import type { CommandNode } from './command-tree.ts'

export const shells = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof shells)[number]

export function completionScript(tree: CommandNode, shell: Shell): string {
  const nodes = [...walk(tree)]
  switch (shell) {
    case 'bash':
      return bash(nodes)
    case 'zsh':
      // zsh understands bash's completions, and one form for both is one form to keep right.
      return `autoload -U +X compinit && compinit\nautoload -U +X bashcompinit && bashcompinit\n${bash(nodes)}`
    case 'fish':
      return fish(nodes)
  }
}

function* walk(node: CommandNode): Generator<CommandNode> {
  yield node
  for (const child of node.children) yield* walk(child)
}

function bash(nodes: readonly CommandNode[]): string {
  const cases = nodes.map(({ path, children, options }) => {
    const words = [...children.map(child => child.path.at(-1)), ...options.map(({ long }) => long)]
    return `    ${quote(path.join(' '))}) words=${quote(words.join(' '))} ;;`
  })
  const isBranch = nodes.filter(({ path }) => path.length > 0).map(({ path }) => quote(path.join(' ')))
  const choices = new Map(
    nodes.flatMap(({ options }) =>
      options.filter(each => each.choices.length > 0).map(each => [each.long, each.choices]),
    ),
  )
  const values = [...choices].map(
    ([long, all]) => `    ${long}) COMPREPLY=($(compgen -W ${quote(all.join(' '))} -- "$current")); return ;;`,
  )
  const taking = [
    ...new Set(nodes.flatMap(({ options }) => options.filter(each => each.takesValue).map(each => each.long))),
  ]
  return `# Completion of the words of dorsale.
_dorsale() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" path="" words="" word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "\${path:+$path }$word" in
      ${isBranch.join('|')}) path="\${path:+$path }$word" ;;
    esac
  done
  case "$previous" in
${values.join('\n')}
    ${taking.filter(long => !choices.has(long)).join('|')}) COMPREPLY=($(compgen -f -- "$current")); return ;;
  esac
  case "$path" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -F _dorsale dorsale
`
}

function fish(nodes: readonly CommandNode[]): string {
  const lines = nodes.flatMap(({ path, children, options }) => {
    const when = quote(`__dorsale_at ${path.join(' ')}`.trim())
    const subcommands = children.map(
      child => `complete -c dorsale -f -n ${when} -a ${child.path.at(-1)} -d ${quote(child.summary)}`,
    )
    const flags = options.map(({ long, takesValue, choices, doc }) => {
      const values = choices.length > 0 ? ` -x -a ${quote(choices.join(' '))}` : takesValue ? ' -r' : ''
      return `complete -c dorsale -n ${when} -l ${long.replace(/^--/, '')}${values} -d ${quote(doc)}`
    })
    return [...subcommands, ...flags]
  })
  const branches = nodes.filter(({ path }) => path.length > 0).map(({ path }) => quote(path.join(' ')))
  return `# Completion of the words of dorsale.
function __dorsale_at
  set -l path
  for word in (commandline -opc)[2..-1]
    if contains -- (string join ' ' $path $word) ${branches.join(' ')}
      set path $path $word
    end
  end
  test "$path" = "$argv"
end
${lines.join('\n')}
`
}

/** For a shell, and readable. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
