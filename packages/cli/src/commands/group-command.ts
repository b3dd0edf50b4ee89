/** `dorsale group`: consumer groups, as a person asks for them. */
import { DorsaleError } from '@dorsale/base'
import type { Admin } from '@dorsale/client'
import { errorCodes, ProtocolError } from '@dorsale/protocol'
import { withAdmin } from '../cluster/settings.ts'
import { type CommandIo, write } from '../command-io.ts'
import { groupOffsets } from '../groups/group-offsets.ts'
import { committedPartitions, partitionsOf, planReset, type ResetTo } from '../groups/reset-plan.ts'
import { parseMoment } from '../moment.ts'
import { formatJson, formatRows, formatTable } from '../output/table.ts'
import type { Define } from '../program.ts'
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

interface ResetOptions extends Common {
  readonly topic?: readonly string[]
  readonly to: string
  readonly dryRun: boolean
}

export const defineGroup: Define = (group, context) => {
  const { io } = context
  const admin = <T>(options: ClusterOptions, use: (admin: Admin) => Promise<T>) =>
    withAdmin(io, settingsOf(io, options), use)

  addOutputOption(addClusterOptions(group.command('list')))
    .description('Groups of every kind, with their state.')
    .action((options: Common) =>
      admin(options, async client => {
        const groups = await client.listGroups()
        const rows = groups
          .toSorted((one, other) => (one.groupId < other.groupId ? -1 : 1))
          .map(({ groupId, type, protocol, groupState }) => ({
            group: groupId,
            type,
            protocol: protocol || null,
            state: groupState,
          }))
        await write(io.stdout, formatRows(rows, options.output))
      }),
    )
  addOutputOption(addClusterOptions(group.command('describe <groups...>')))
    .description('How far groups have come in each partition, what is left (lag), and who reads it.')
    .action((names: string[], options: Common) =>
      admin(options, async client => {
        const described = []
        for (const one of await client.describeConsumerGroups(names)) {
          const offsets = await groupOffsets(client, one)
          described.push({
            group: one.groupId,
            type: one.type,
            state: one.groupState,
            assignor: one.partitionAssignor || null,
            coordinator: one.coordinator.nodeId,
            members: one.members.length,
            lag: offsets.reduce((sum, { lag }) => sum + (lag ?? 0), 0),
            partitions: offsets.map(({ topic, partition, currentOffset, logEndOffset, lag, member }) => ({
              topic,
              partition,
              offset: currentOffset ?? null,
              end: logEndOffset ?? null,
              lag: lag ?? null,
              client: member?.clientId ?? null,
              host: member?.host ?? null,
              member: member?.consumerId ?? null,
            })),
          })
        }
        if (options.output === 'json') return write(io.stdout, formatJson(described))
        for (const [index, { partitions, ...one }] of described.entries()) {
          const rest = partitions.length === 0 ? '' : `\n${formatTable(partitions)}`
          await write(io.stdout, `${index > 0 ? '\n' : ''}${formatTable([one])}${rest}`)
        }
      }),
    )
  addOutputOption(addClusterOptions(group.command('reset <group>')))
    .description('Let a group without members go on from another place.')
    .requiredOption(
      '--to <place>',
      'earliest, latest, current, an offset (@120), so many records on or back (+10, -10), or a time (2026-01-02T03:04:05, ~30m for half an hour ago)',
    )
    .option(
      '-t, --topic <topic>',
      'a topic, or some partitions (topic:0,1); may be repeated (default: all that it has offsets of)',
      collect,
    )
    .option('--dry-run', 'only print the new offsets', false)
    .action((name: string, options: ResetOptions) => admin(options, client => reset(client, io, name, options)))
  addClusterOptions(group.command('delete <groups...>'))
    .description('Delete groups without members, with their offsets.')
    .action((names: string[], options: ClusterOptions) =>
      admin(options, async client =>
        report(await client.deleteConsumerGroups(names).outcomes(), { context, done: 'Deleted', nameOf: String }),
      ),
    )
  addClusterOptions(group.command('delete-offsets <group> <topics...>'))
    .description('Delete the offsets that a group has of topics (topic, or topic:0,1).')
    .action((name: string, topics: string[], options: ClusterOptions) =>
      admin(options, async client => {
        const partitions = await partitionsOf(client, topics)
        const outcomes = await client.deleteConsumerGroupOffsets(name, partitions).outcomes()
        await report(outcomes, {
          context,
          done: 'Deleted the offset of',
          nameOf: ({ topic, partition }) => `${topic}-${partition}`,
        })
      }),
    )
}

async function reset(client: Admin, io: CommandIo, name: string, options: ResetOptions): Promise<void> {
  const [{ value, error } = { value: undefined, error: undefined }] = await client
    .describeConsumerGroups([name])
    .outcomes()
  const isMissing = error instanceof ProtocolError && error.errorCode === errorCodes.GROUP_ID_NOT_FOUND
  if (error !== undefined && !isMissing) throw error
  if (value !== undefined && value.groupState !== 'Empty' && value.groupState !== 'Dead')
    throw new DorsaleError(
      'DORSALE_GROUP_ACTIVE',
      `${name} is ${value.groupState} and has ${value.members.length} members: stop them first`,
    )
  const partitions =
    options.topic === undefined ? await committedPartitions(client, name) : await partitionsOf(client, options.topic)
  const to = parsePlace(options.to, io.world.clock.now())
  const plan = await planReset(client, {
    groupId: name,
    partitions,
    to,
    warn: text => io.stderr.write(`WARN ${text}\n`),
  })
  if (!options.dryRun && plan.length > 0) await client.alterConsumerGroupOffsets(name, plan)
  const rows = plan.map(({ topic, partition, offset }) => ({ group: name, topic, partition, newOffset: offset }))
  await write(io.stdout, formatRows(rows, options.output))
}

function parsePlace(text: string, nowMs: number): ResetTo {
  if (text === 'earliest' || text === 'latest' || text === 'current') return { kind: text }
  if (/^@\d+$/.test(text)) return { kind: 'offset', offset: Number(text.slice(1)) }
  if (/^[+-]\d+$/.test(text)) return { kind: 'shift', by: Number(text) }
  return { kind: 'time', timestamp: parseMoment(text.replace(/^~/, '-'), nowMs) }
}
