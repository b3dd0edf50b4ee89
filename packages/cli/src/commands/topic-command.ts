/** `dorsale topic`: topics, as a person asks for them. */
import type { Admin, TopicDescription } from '@dorsale/client'
import { errorCodes } from '@dorsale/protocol'
import type { Command } from 'commander'
import { parsePairs, withAdmin } from '../cluster/settings.ts'
import { write } from '../command-io.ts'
import { parseCount } from '../option-parsers.ts'
import { formatJson, formatRows, formatTable } from '../output/table.ts'
import type { CommandContext, Define } from '../program.ts'
import {
  addClusterOptions,
  addOutputOption,
  type ClusterOptions,
  collect,
  type OutputOptions,
  settingsOf,
} from './cluster-options.ts'
import { report } from './report.ts'

type Common = ClusterOptions & OutputOptions

interface CreateOptions extends ClusterOptions {
  readonly partitions?: number
  readonly replicationFactor?: number
  readonly config?: readonly string[]
  readonly ifNotExists: boolean
  readonly validateOnly: boolean
}

interface AlterOptions extends ClusterOptions {
  readonly partitions?: number
  readonly set?: readonly string[]
  readonly unset?: readonly string[]
}

export const defineTopic: Define = (topic, context) => {
  const { io } = context
  const admin = <T>(options: ClusterOptions, use: (admin: Admin) => Promise<T>) =>
    withAdmin(io, settingsOf(io, options), use)

  listing(topic.command('list'))
    .description('Topics, with how many partitions and replicas they have.')
    .option('--internal', "Kafka's own topics too", false)
    .action((options: Common & { internal: boolean }) =>
      admin(options, async client => {
        const found = await client.listTopics({ listInternal: options.internal })
        const topics = await client.describeTopics(found.map(({ name }) => name).sort())
        await write(io.stdout, formatRows(topics.map(rowOf), options.output))
      }),
    )
  listing(topic.command('describe <topics...>'))
    .description('Partitions, leaders, replicas and settings of topics.')
    .action((names: string[], options: Common) =>
      admin(options, async client => {
        const topics = await client.describeTopics(names)
        const configs = await client.describeConfigs(names.map(name => ({ type: 'TOPIC' as const, name })))
        const described = topics.map((each, index) => describe(each, ownSettings(configs[index] ?? [])))
        if (options.output === 'json') return write(io.stdout, formatJson(described))
        for (const [index, one] of described.entries()) await write(io.stdout, `${index > 0 ? '\n' : ''}${asText(one)}`)
      }),
    )
  addClusterOptions(topic.command('create <topics...>'))
    .description('Create topics.')
    .option('-p, --partitions <count>', "how many partitions (default: the broker's)", parseCount)
    .option('-r, --replication-factor <count>', "replicas of each partition (default: the broker's)", parseCount)
    .option('-c, --config <key=value>', 'a setting of the topics; may be repeated', collect)
    .option('--if-not-exists', 'topics that are there already are left as they are', false)
    .option('--validate-only', 'only say whether they would be created', false)
    .action((names: string[], options: CreateOptions) =>
      admin(options, client => create(client, names, options, context)),
    )
  addClusterOptions(topic.command('alter <topics...>'))
    .description('Give topics more partitions, or other settings.')
    .option('-p, --partitions <count>', 'how many partitions they shall have', parseCount)
    .option('-s, --set <key=value>', 'a setting; may be repeated', collect)
    .option('-u, --unset <key>', "a setting that shall be the broker's again; may be repeated", collect)
    .action((names: string[], options: AlterOptions) =>
      admin(options, client => alter(client, names, options, context)),
    )
  addClusterOptions(topic.command('delete <topics...>'))
    .description('Delete topics, with everything in them.')
    .option('--if-exists', 'topics that are not there are no error', false)
    .action((names: string[], options: ClusterOptions & { ifExists: boolean }) =>
      admin(options, async client => {
        const mayMiss = options.ifExists ? [errorCodes.UNKNOWN_TOPIC_OR_PARTITION] : []
        await report(await client.deleteTopics(names).outcomes(), {
          context,
          done: 'Deleted',
          mayBe: mayMiss,
          nameOf: String,
        })
      }),
    )
}

function listing(command: Command): Command {
  return addOutputOption(addClusterOptions(command))
}

async function create(
  client: Admin,
  names: readonly string[],
  options: CreateOptions,
  context: CommandContext,
): Promise<void> {
  const { partitions, replicationFactor, validateOnly } = options
  const topics = names.map(name => ({
    name,
    configs: parsePairs(options.config ?? []),
    ...(partitions === undefined ? {} : { numPartitions: partitions }),
    ...(replicationFactor === undefined ? {} : { replicationFactor }),
  }))
  await report(await client.createTopics(topics, { validateOnly }).outcomes(), {
    context,
    done: validateOnly ? 'Would create' : 'Created',
    mayBe: options.ifNotExists ? [errorCodes.TOPIC_ALREADY_EXISTS] : [],
    nameOf: ({ name }) => name,
  })
}

async function alter(
  client: Admin,
  names: readonly string[],
  options: AlterOptions,
  context: CommandContext,
): Promise<void> {
  const { partitions, set = [], unset = [] } = options
  const ops = [
    ...Object.entries(parsePairs(set)).map(([name, value]) => ({ name, value, op: 'SET' as const })),
    ...unset.map(name => ({ name, op: 'DELETE' as const })),
  ]
  if (ops.length > 0) {
    const resources = names.map(name => ({ type: 'TOPIC' as const, name, ops }))
    await report(await client.incrementalAlterConfigs(resources).outcomes(), {
      context,
      done: 'Altered the settings of',
      nameOf: ({ name }) => name,
    })
  }
  if (partitions !== undefined) {
    const grown = names.map(name => ({ name, totalCount: partitions }))
    await report(await client.createPartitions(grown).outcomes(), {
      context,
      done: `Now ${partitions} partitions:`,
      nameOf: ({ name }) => name,
    })
  }
}

function rowOf({ name, partitions, isInternal }: TopicDescription) {
  return {
    topic: name,
    partitions: partitions.length,
    replicas: partitions[0]?.replicas.length ?? 0,
    underReplicated: partitions.filter(({ isr, replicas }) => isr.length < replicas.length).length,
    leaderless: partitions.filter(({ leaderId }) => leaderId < 0).length,
    internal: isInternal,
  }
}

function ownSettings(entries: readonly { name: string; value: string | null; isDefault: boolean }[]) {
  return Object.fromEntries(entries.filter(({ isDefault }) => !isDefault).map(({ name, value }) => [name, value]))
}

function describe(
  { name, topicId, isInternal, partitions }: TopicDescription,
  settings: Record<string, string | null>,
) {
  return {
    topic: name,
    topicId,
    internal: isInternal,
    settings,
    partitions: partitions.map(({ index, leaderId, leaderEpoch, replicas, isr, elr, offlineReplicas }) => ({
      partition: index,
      leader: leaderId < 0 ? null : leaderId,
      leaderEpoch,
      replicas,
      isr,
      elr: elr ?? null,
      offline: offlineReplicas,
    })),
  }
}

function asText({ topic, topicId, settings, partitions }: ReturnType<typeof describe>): string {
  const rows = partitions.map(({ partition, leader, leaderEpoch, replicas, isr, offline }) => ({
    partition,
    leader,
    epoch: leaderEpoch,
    replicas: replicas.join(','),
    isr: isr.join(','),
    offline: offline.join(',') || null,
  }))
  const own = Object.entries(settings).map(([key, value]) => `  ${key}=${value ?? ''}\n`)
  return `${topic}  ${topicId}\n${own.join('')}${formatTable(rows)}`
}
