/** The command line: what can be asked. The code of a command, and its options, are loaded when it is called. */
import { readFileSync } from 'node:fs'
import { DorsaleError } from '@dorsale/base'
import { Command, CommanderError } from 'commander'
import type { CommandIo } from './command-io.ts'
import { sentenceOf } from './failure.ts'
import { findCall, type ScriptCall } from './kafka/scripts.ts'

/** What a command's definition is handed. */
export interface CommandContext {
  readonly io: CommandIo
  /** Set by the command. Undefined at its end: it lives on, as a broker does. */
  exitCode: number | undefined
}

/** Adds options, arguments, subcommands and what is done to a command that has its name. */
export type Define = (command: Command, context: CommandContext) => void

export interface CommandEntry {
  readonly name: string
  /** One sentence for the help. */
  readonly summary: string
  load(): Promise<Define>
}

/** In the order of the help. */
const commands: readonly CommandEntry[] = [
  {
    name: 'start',
    summary: 'Start a broker; a line on standard output says when it is ready, logs go to standard error.',
    load: async () => (await import('./commands/start-command.ts')).defineStart,
  },
  {
    name: 'topic',
    summary: 'Topics: list, describe, create, alter, delete.',
    load: async () => (await import('./commands/topic-command.ts')).defineTopic,
  },
  {
    name: 'produce',
    summary: 'Write records to a topic: lines, keys and values, or JSON.',
    load: async () => (await import('./commands/produce-command.ts')).defineProduce,
  },
  {
    name: 'consume',
    summary: 'Print records of a topic, from and to an offset or a time.',
    load: async () => (await import('./commands/consume-command.ts')).defineConsume,
  },
  {
    name: 'group',
    summary: 'Consumer groups: list, describe with their lag, reset, delete.',
    load: async () => (await import('./commands/group-command.ts')).defineGroup,
  },
  {
    name: 'config',
    summary: 'Settings of topics, brokers, groups and more: describe, set, unset.',
    load: async () => (await import('./commands/config-command.ts')).defineConfig,
  },
  {
    name: 'cluster',
    summary: 'The cluster as a whole.',
    load: async () => (await import('./commands/cluster-command.ts')).defineCluster,
  },
  {
    name: 'storage',
    summary: "Kafka's log directories: format them, look at them.",
    load: async () => (await import('./commands/storage-command.ts')).defineStorage,
  },
  {
    name: 'log',
    summary: 'The files of a log directory, as text.',
    load: async () => (await import('./commands/log-command.ts')).defineLog,
  },
  {
    name: 'wire',
    summary: "Kafka's protocol, byte by byte.",
    load: async () => (await import('./commands/wire-command.ts')).defineWire,
  },
  {
    name: 'context',
    summary: 'Clusters by name: add, use, list, remove.',
    load: async () => (await import('./commands/context-command.ts')).defineContext,
  },
  {
    name: 'doctor',
    summary: 'What is wrong with the settings of a client, why, and what to set.',
    load: async () => (await import('./commands/doctor-command.ts')).defineDoctor,
  },
  {
    name: 'completion',
    summary: 'Print what lets a shell complete the words of this command.',
    load: async () => (await import('./commands/completion-command.ts')).defineCompletion,
  },
]

export interface ProgramOptions {
  /** The words after the name of the program. */
  readonly words: readonly string[]
  /** The path that the program was called by: a link named `kafka-topics.sh` is that tool. */
  readonly calledAs?: string
  readonly io: CommandIo
}

/** Runs a command and answers its exit code; undefined when a broker has been started, which lives on. Errors of operation become a sentence and a 1. */
export async function runProgram({ words, calledAs, io }: ProgramOptions): Promise<number | undefined> {
  try {
    const call = findCall(calledAs, words)
    if (call !== undefined) return await runScript(call, io)
    return await runCommand(words, io)
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode
    // A DorsaleError is a sentence for the user; anything else is our bug and keeps its stack.
    if (!(error instanceof DorsaleError)) throw error
    io.stderr.write(`dorsale: ${sentenceOf(error)}\n`)
    return 1
  }
}

async function runScript({ entry, words }: ScriptCall, io: CommandIo): Promise<number> {
  const script = await entry.load()
  if (words.includes('--version')) {
    io.stdout.write(`${packageVersion()}\n`)
    return 0
  }
  if (words.length === 0 || words.includes('--help')) {
    const { scriptHelp } = await import('./kafka/script-help.ts')
    io.stdout.write(scriptHelp(entry.name, script))
    return words.length === 0 ? 1 : 0
  }
  return script.run(words, io)
}

async function runCommand(words: readonly string[], io: CommandIo): Promise<number | undefined> {
  const context: CommandContext = { io, exitCode: 0 }
  const [first, second] = words.filter(word => !word.startsWith('-'))
  const name = first === 'help' ? second : first
  const program = await buildProgram(context, entry => entry.name === name)
  await program.parseAsync([...words], { from: 'user' })
  return context.exitCode
}

/** The tree of commands. Those that are not wanted have a name and a summary, and nothing else. */
export async function buildProgram(
  context: CommandContext,
  isWanted: (entry: CommandEntry) => boolean,
): Promise<Command> {
  const { io } = context
  const program = new Command('dorsale')
    .description('A complete Kafka platform: a broker that every Kafka client talks to, in one command.')
    .version(packageVersion())
    .showHelpAfterError('(dorsale --help lists what can be asked)')
    .exitOverride()
    .configureOutput({ writeOut: text => io.stdout.write(text), writeErr: text => io.stderr.write(text) })
    .addHelpText(
      'after',
      "\nKafka's own tools have their own names: dorsale kafka-topics, dorsale kafka-console-consumer, ...\nand those of their classes: dorsale kafka-run-class kafka.tools.GetOffsetShell ...",
    )
  for (const entry of commands) {
    const command = program.command(entry.name).description(entry.summary)
    if (isWanted(entry)) (await entry.load())(command, context)
  }
  return program
}

function packageVersion(): string {
  const manifest: { version: string } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  return manifest.version
}
