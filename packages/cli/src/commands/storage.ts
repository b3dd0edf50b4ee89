/** `dorsale storage`: Kafka's storage tool, for the log directories of one node. */
import { DorsaleError } from '@dorsale/base'
import { nodeClock, nodeDisk, nodePrng } from '@dorsale/base/node'
import { firstCredentials, formatTarget } from '@dorsale/broker'
import { randomUuid } from '@dorsale/protocol'
import { describeStorage, formatStorage } from '@dorsale/raft'
import type { CommandIo } from '../command-io.ts'
import { type ConfigurationOptions, loadConfiguration } from '../configuration.ts'

export interface FormatCommandOptions extends ConfigurationOptions {
  clusterId?: string
  ignoreFormatted: boolean
  releaseVersion?: string
  feature?: ReadonlyMap<string, string>
  /** Credentials of users, as `--add-scram` of Kafka's tool has them. */
  addScram?: readonly string[]
}

export async function formatCommand(options: FormatCommandOptions, io: CommandIo): Promise<void> {
  const { clusterId, releaseVersion, ignoreFormatted, addScram = [] } = options
  const prng = nodePrng()
  const records = await firstCredentials(addScram, prng)
  const { messages } = formatStorage({
    ...formatTarget(loadConfiguration(options).config),
    disk: nodeDisk,
    clock: nodeClock,
    prng,
    ignoreFormatted,
    records,
    features: featureLevels(options.feature ?? new Map()),
    ...(clusterId === undefined ? {} : { clusterId }),
    ...(releaseVersion === undefined ? {} : { releaseVersion }),
  })
  for (const message of messages) io.stdout.write(`${message}\n`)
}

/** Answers the exit code: 1 when something is wrong. */
export function infoCommand(options: ConfigurationOptions, io: CommandIo): number {
  const { logDirectories, metadataDirectory } = loadConfiguration(options).config
  const directories = [...new Set([...logDirectories, metadataDirectory])]
  const { text, exitCode } = describeStorage({ disk: nodeDisk, directories })
  io.stdout.write(text)
  return exitCode
}

export function randomUuidCommand(io: CommandIo): void {
  io.stdout.write(`${randomUuid(nodePrng())}\n`)
}

function featureLevels(features: ReadonlyMap<string, string>): Map<string, number> {
  const levels = [...features].map(([name, text]) => [name, Number(text)] as const)
  const wrong = levels.find(([, level]) => !Number.isInteger(level) || level < 0)
  if (wrong !== undefined)
    throw new DorsaleError('DORSALE_USAGE', `The level of the feature ${wrong[0]} must be a whole number.`)
  return new Map(levels)
}
