/** What every command of ours that reaches a cluster takes. */
import { type Command, Option } from 'commander'
import { type ClusterSettings, clusterSettings } from '../cluster/settings.ts'
import type { CommandIo } from '../command-io.ts'
import { type OutputForm, outputForms } from '../output/table.ts'

export interface ClusterOptions {
  readonly bootstrapServer?: string
  readonly context?: string
  readonly commandConfig?: string
  readonly commandProperty?: readonly string[]
}

export interface OutputOptions {
  readonly output: OutputForm
}

export function addClusterOptions(command: Command): Command {
  return command
    .option('-b, --bootstrap-server <host:port>', 'brokers to begin with (default: the context, or localhost:9092)')
    .option('--context <name>', 'the cluster, by the name of a context')
    .option('--command-config <file>', 'a properties file with settings of the client')
    .option('--command-property <key=value>', 'a setting of the client, over the file; may be repeated', collect)
}

export function addOutputOption(command: Command): Command {
  return command.addOption(
    new Option('-o, --output <form>', 'table, or json for programs').choices([...outputForms]).default('table'),
  )
}

/** For options that may be repeated. */
export function collect(text: string, earlier: readonly string[] = []): string[] {
  return [...earlier, text]
}

export function settingsOf(io: CommandIo, options: ClusterOptions): ClusterSettings {
  return clusterSettings(io, {
    bootstrapServer: options.bootstrapServer,
    context: options.context,
    configFile: options.commandConfig,
    properties: options.commandProperty ?? [],
    mayBeLocal: true,
  })
}
