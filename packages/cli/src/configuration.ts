/** From the command line's options to a broker's configuration. */
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type ConfigProblem, DorsaleError } from '@dorsale/base'
import { type BrokerConfig, loadBrokerConfig } from '@dorsale/broker'

export interface ConfigurationOptions {
  port?: number
  host?: string
  dataDir?: string
  config?: string
  override?: ReadonlyMap<string, string>
}

export interface Configuration {
  config: BrokerConfig
  /** One sentence for each setting that changes nothing. */
  notices: readonly string[]
  /** Where the data is, as the user would say it: the data directory, or the log directories of a file. */
  dataDirectory: string
  /** Whether the user has named the controller's listeners: then they are opened, as Kafka would. */
  opensControllerListeners: boolean
  /** Without a file of Kafka's the directory is ours to format. */
  isOurs: boolean
}

/** Throws a `DorsaleError` that names every problem. */
export function loadConfiguration(options: ConfigurationOptions): Configuration {
  if (options.config !== undefined) refuseBeside(options)
  const dataDirectory = resolve(options.dataDir ?? 'dorsale-data')
  const loaded = loadBrokerConfig({
    file: options.config === undefined ? undefined : readConfigFile(options.config),
    overrides: options.override,
    dataDirectory,
    ...(options.host === undefined ? {} : { host: options.host }),
    ...(options.port === undefined ? {} : { port: options.port }),
  })
  if ('problems' in loaded) throw new DorsaleError('DORSALE_CONFIG', inOneSentence(loaded.problems))
  const { config, notices } = loaded
  const isOurs = options.config === undefined
  const keepsDefault = isOurs && config.logDirectories.join() === join(dataDirectory, 'log')
  return {
    config,
    notices,
    dataDirectory: keepsDefault ? dataDirectory : config.logDirectories.join(','),
    opensControllerListeners: !isOurs || options.override?.has('listeners') === true,
    isOurs,
  }
}

/** Every problem at once, so that nobody mends them one start at a time. */
function inOneSentence(problems: readonly ConfigProblem[]): string {
  return problems.map(({ message }) => message.replace(/\.$/, '')).join('; ')
}

function refuseBeside({ port, host, dataDir }: ConfigurationOptions): void {
  const [flag] = Object.entries({ '--port': port, '--host': host, '--data-dir': dataDir }).find(
    ([, value]) => value !== undefined,
  ) ?? [undefined]
  if (flag === undefined) return
  const key = flag === '--data-dir' ? 'log.dirs' : 'listeners'
  throw new DorsaleError(
    'DORSALE_USAGE',
    `${flag} is for a start without --config: set ${key} in the file, or with --override ${key}=...`,
  )
}

function readConfigFile(path: string): Uint8Array {
  try {
    return readFileSync(path)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    throw new DorsaleError('DORSALE_CONFIG', `cannot read the configuration file ${path}: ${code}`, { cause: error })
  }
}
