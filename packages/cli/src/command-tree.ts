/** Everything that can be asked, as one tree, for shell completion and for the pages in `docs/cli`: our commands and Kafka's tools alike. */
import type { Command } from 'commander'
import type { CommandIo } from './command-io.ts'
import { docOf, optionText } from './kafka/script-help.ts'
import { runClass, scripts } from './kafka/scripts.ts'
import { buildProgram } from './program.ts'

export interface CommandNode {
  /** The words that lead here: `topic`, `create`; empty for the root. */
  readonly path: readonly string[]
  readonly summary: string
  readonly arguments: readonly { readonly text: string; readonly doc: string }[]
  readonly options: readonly OptionNode[]
  readonly children: readonly CommandNode[]
}

export interface OptionNode {
  /** `-b, --bootstrap-server <host:port>` */
  readonly text: string
  /** `--bootstrap-server` */
  readonly long: string
  readonly takesValue: boolean
  readonly choices: readonly string[]
  readonly doc: string
}

/** Loads every command, which takes a while. */
export async function commandTree(io: CommandIo): Promise<CommandNode> {
  const program = await buildProgram({ io, exitCode: undefined }, () => true)
  const root = nodeOf(program, [])
  const tools = await Promise.all(
    scripts.map(async ({ name, load }): Promise<CommandNode> => {
      const script = await load()
      const options = Object.entries(script.options).map(([option, spec]) => ({
        text: optionText(option, spec),
        long: `--${option}`,
        takesValue: spec.kind !== 'flag',
        choices: [],
        doc: docOf(spec),
      }))
      const actions = Object.entries(script.actionDocs ?? {}).map(([action, summary]) => ({
        path: [name, action],
        summary,
        arguments: [],
        options,
        children: [],
      }))
      return { path: [name], summary: script.summary, arguments: [], options, children: actions }
    }),
  )
  const byClass: CommandNode = {
    path: [runClass],
    summary: "One of Kafka's tools by the name of its class in Java, in whichever package Kafka had it.",
    arguments: [
      { text: '<class>', doc: 'kafka.tools.GetOffsetShell, kafka.admin.TopicCommand, ...' },
      { text: '[options...]', doc: 'Those of the tool.' },
    ],
    options: [],
    children: [],
  }
  return { ...root, children: [...root.children, ...tools, byClass] }
}

function nodeOf(command: Command, path: readonly string[]): CommandNode {
  return {
    path,
    summary: command.description(),
    arguments: command.registeredArguments.map(argument => ({
      text: argument.required ? `<${nameOf(argument)}>` : `[${nameOf(argument)}]`,
      doc: argument.description,
    })),
    options: command.options.map(option => ({
      text: option.flags,
      long: option.long ?? option.flags,
      takesValue: option.required || option.optional,
      choices: option.argChoices ?? [],
      doc: option.description,
    })),
    children: command.commands.map(child => nodeOf(child, [...path, child.name()])),
  }
}

function nameOf(argument: { name(): string; variadic: boolean }): string {
  return `${argument.name()}${argument.variadic ? '...' : ''}`
}
