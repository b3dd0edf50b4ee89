/** One of Kafka's own tools: what it takes, and what it does. */
import type { CommandIo } from '../command-io.ts'
import { type OptionSpec, type OptionTable, type ParsedOptions, type ParseRules, parseOptions } from './options.ts'

export interface KafkaScript extends ParseRules {
  /** One sentence for the help. */
  readonly summary: string
  /** What each of `actions` does. */
  readonly actionDocs?: Readonly<Record<string, string>>
  /** Answers the exit code. */
  run(words: readonly string[], io: CommandIo): Promise<number>
}

/** Options that every tool has. */
const everywhere = {
  help: { kind: 'flag', short: 'h', doc: 'Print what can be asked.' },
  version: { kind: 'flag', doc: 'Print the version.' },
} as const satisfies OptionTable

/** How every tool finds its cluster. */
export const clusterOptions = {
  'bootstrap-server': {
    value: 'host:port',
    doc: 'Brokers to begin with, separated by commas. Default: the context that is in use, if there is one.',
  },
  'command-config': { value: 'file', doc: 'A properties file with settings of the client.' },
} as const satisfies OptionTable

/** As `clusterOptions`, for tools that may ask the controllers instead of the brokers (KIP-919). */
export const controllerOptions = {
  ...clusterOptions,
  'bootstrap-controller': {
    value: 'host:port',
    doc: 'Controllers to begin with, separated by commas, in place of --bootstrap-server.',
  },
} as const satisfies OptionTable

/** Makes a tool of its table and of what it does. */
export function defineScript<const Table extends OptionTable>(definition: {
  readonly summary: string
  readonly options: Table
  readonly actions?: Readonly<Record<string, string>>
  readonly prefixes?: boolean
  run(options: ParsedOptions<keyof Table & string>, io: CommandIo): Promise<number>
}): KafkaScript {
  const { summary, prefixes = false } = definition
  const options: Readonly<Record<string, OptionSpec>> = { ...everywhere, ...definition.options }
  const actions = Object.keys(definition.actions ?? {})
  return {
    summary,
    options,
    actions,
    prefixes,
    ...(definition.actions === undefined ? {} : { actionDocs: definition.actions }),
    run(words, io) {
      const parsed = parseOptions(words, { options, actions, prefixes })
      for (const word of parsed.extra) io.stderr.write(`WARN ${word} is no option, and is passed over\n`)
      return definition.run(parsed as ParsedOptions<keyof Table & string>, io)
    },
  }
}
