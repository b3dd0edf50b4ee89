import { Argument } from 'commander'
import { completionScript, type Shell, shells } from '../completion.ts'
import type { Define } from '../program.ts'

/** `dorsale completion`. */
export const defineCompletion: Define = (command, { io }) => {
  command
    .addArgument(new Argument('<shell>', 'whose completion').choices([...shells]))
    .addHelpText(
      'after',
      '\nbash: source <(dorsale completion bash)\nzsh:  source <(dorsale completion zsh)\nfish: dorsale completion fish | source',
    )
    .action(async (shell: Shell) => {
      const { commandTree } = await import('../command-tree.ts')
      io.stdout.write(completionScript(await commandTree(io), shell))
    })
}
