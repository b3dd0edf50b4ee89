/** `kafka-transactions`: transactions and the producers behind them; those that hang are aborted. */
import { DorsaleError } from '@dorsale/base'
import type { Admin, TopicPartition } from '@dorsale/client'
import { clusterSettings, withAdmin } from '../cluster/settings.ts'
import { type CommandIo, write } from '../command-io.ts'
import { bareMessage } from './bare-message.ts'
import { findHangingTransactions } from './hanging-transactions.ts'
import { type ParsedOptions, usage } from './options.ts'
import { paddedTable } from './padded-table.ts'
import { clusterOptions, defineScript } from './script.ts'

const options = {
  ...clusterOptions,
  'transactional-id': { aliases: ['transactionalId'], value: 'id', doc: 'The transactional id.' },
  topic: { value: 'topic', doc: 'The topic.' },
  partition: { value: 'partition', doc: 'The partition.' },
  'broker-id': {
    value: 'id',
    doc: 'The replica to ask, for describe-producers and find-hanging. Default: the leader.',
  },
  'duration-filter': { value: 'ms', doc: 'Only transactions that are open for longer.' },
  'transactional-id-pattern': { value: 'regex', doc: 'Only transactional ids that match (RE2).' },
  'start-offset': { value: 'offset', doc: 'Where the transaction to abort begins.' },
  'producer-id': { value: 'id', doc: 'Its producer, in place of --start-offset.' },
  'producer-epoch': { value: 'epoch', doc: 'The epoch of that producer.' },
  'coordinator-epoch': { value: 'epoch', doc: 'The epoch of its coordinator.' },
  'max-transaction-timeout': {
    value: 'minutes',
    default: '15',
    doc: 'For find-hanging: only transactions in which nothing has happened for longer.',
  },
} as const

type Options = ParsedOptions<keyof typeof options>
type Run = (admin: Admin, parsed: Options, io: CommandIo) => Promise<void>

export const transactions = defineScript({
  summary: 'Print transactions and their producers, and abort those that hang.',
  prefixes: true,
  actions: {
    list: 'All transactions.',
    describe: 'One transaction.',
    'describe-producers': 'The producers that a partition remembers.',
    'find-hanging': 'The transactions that are open in partitions, and that no coordinator will end.',
    abort: 'Abort a transaction that hangs in a partition.',
    forceTerminateTransaction: 'Abort the open transaction of a transactional id.',
  },
  options,
  async run(parsed, io) {
    const { action } = parsed
    const run = action === undefined ? undefined : actions[action]
    if (run === undefined) throw usage(`say what to do: ${Object.keys(actions).join(', ')}`)
    const settings = clusterSettings(io, {
      bootstrapServer: parsed.text('bootstrap-server'),
      configFile: parsed.text('command-config'),
    })
    return withAdmin(io, settings, async admin => {
      await run(admin, parsed, io)
      return 0
    })
  },
})

const actions: Readonly<Record<string, Run>> = {
  async list(admin, parsed, io) {
    const duration = parsed.integer('duration-filter')
    const pattern = parsed.text('transactional-id-pattern')
    const found = await admin
      .listTransactions({
        ...(duration === undefined ? {} : { filteredDurationMs: duration }),
        ...(pattern === undefined ? {} : { filteredTransactionalIdPattern: pattern }),
      })
      .outcomes()
    const rows = found.flatMap(({ key: broker, value, error }) => {
      if (error !== undefined) throw error
      return value.map(each => [each.transactionalId, String(broker), String(each.producerId), each.state])
    })
    await write(io.stdout, paddedTable(['TransactionalId', 'Coordinator', 'ProducerId', 'TransactionState'], rows))
  },
  async describe(admin, parsed, io) {
    const id = parsed.required('transactional-id')
    const [outcome] = await admin.describeTransactions([id]).outcomes()
    if (outcome?.error !== undefined)
      throw failure(
        `Failed to describe transaction state of transactional-id \`${id}\`: ${bareMessage(outcome.error, id)}`,
      )
    const found = outcome!.value
    const start = found.transactionStartTimeMs
    const row = [
      String(found.coordinatorId),
      id,
      String(found.producerId),
      String(found.producerEpoch),
      found.state,
      String(found.transactionTimeoutMs),
      start === undefined ? 'None' : String(start),
      start === undefined ? 'None' : String(io.world.clock.now() - start),
      found.topicPartitions.map(({ topic, partition }) => `${topic}-${partition}`).join(','),
    ]
    const header = [
      'CoordinatorId',
      'TransactionalId',
      'ProducerId',
      'ProducerEpoch',
      'TransactionState',
      'TransactionTimeoutMs',
      'CurrentTransactionStartTimeMs',
      'TransactionDurationMs',
      'TopicPartitions',
    ]
    await write(io.stdout, paddedTable(header, [row]))
  },
  async 'describe-producers'(admin, parsed, io) {
    const place = placeOf(parsed)
    const brokerId = parsed.integer('broker-id')
    const [producers = []] = await admin.describeProducers([place], brokerId === undefined ? {} : { brokerId })
    const rows = producers.map(each => [
      String(each.producerId),
      String(each.producerEpoch),
      String(each.coordinatorEpoch ?? -1),
      String(each.lastSequence),
      String(each.lastTimestamp),
      String(each.currentTransactionStartOffset ?? 'None'),
    ])
    const header = [
      'ProducerId',
      'ProducerEpoch',
      'LatestCoordinatorEpoch',
      'LastSequence',
      'LastTimestamp',
      'CurrentTransactionStartOffset',
    ]
    await write(io.stdout, paddedTable(header, rows))
  },
  async 'find-hanging'(admin, parsed, io) {
    const nowMs = io.world.clock.now()
    const hanging = await findHangingTransactions(admin, await searched(admin, parsed), {
      brokerId: parsed.integer('broker-id'),
      lastBeforeMs: nowMs - (parsed.integer('max-transaction-timeout') ?? 0) * 60_000,
    })
    const rows = hanging.map(({ place, producer }) => [
      place.topic,
      String(place.partition),
      String(producer.producerId),
      String(producer.producerEpoch),
      String(producer.coordinatorEpoch ?? -1),
      String(producer.currentTransactionStartOffset ?? -1),
      String(producer.lastTimestamp),
      String(Math.trunc((nowMs - producer.lastTimestamp) / 60_000)),
    ])
    const header = [
      'Topic',
      'Partition',
      'ProducerId',
      'ProducerEpoch',
      'CoordinatorEpoch',
      'StartOffset',
      'LastTimestamp',
      'Duration(min)',
    ]
    await write(io.stdout, paddedTable(header, rows))
  },
  async abort(admin, parsed) {
    const place = placeOf(parsed)
    const startOffset = parsed.integer('start-offset')
    if (startOffset === undefined) {
      const producerEpoch = parsed.integer('producer-epoch')
      if (!parsed.has('producer-id'))
        throw usage(
          'The transaction to abort must be identified either with --start-offset (for brokers on 3.0 or above) or with --producer-id, --producer-epoch, and --coordinator-epoch (for older brokers)',
        )
      if (producerEpoch === undefined) throw usage('Missing required argument --producer-epoch')
      const coordinatorEpoch = parsed.integer('coordinator-epoch') ?? 0
      return admin.abortTransaction({
        ...place,
        producerId: BigInt(parsed.required('producer-id')),
        producerEpoch,
        coordinatorEpoch,
      })
    }
    const [producers = []] = await admin.describeProducers([place])
    const found = producers.find(each => each.currentTransactionStartOffset === startOffset)
    if (found === undefined)
      throw failure(
        `Could not find any open transactions starting at offset ${startOffset} on partition ${place.topic}-${place.partition}`,
      )
    const { producerId, producerEpoch, coordinatorEpoch } = found
    await admin.abortTransaction({ ...place, producerId, producerEpoch, coordinatorEpoch: coordinatorEpoch ?? 0 })
  },
  async forceTerminateTransaction(admin, parsed) {
    await admin.forceTerminateTransaction(parsed.required('transactional-id'))
  },
}

/** The partitions to look into: one, those of a topic, or those that a broker has a replica of. */
async function searched(admin: Admin, parsed: Options): Promise<TopicPartition[]> {
  const topic = parsed.text('topic')
  const partition = parsed.integer('partition')
  const brokerId = parsed.integer('broker-id')
  if (topic === undefined && brokerId === undefined)
    throw usage('The `find-hanging` command requires either --topic or --broker-id to limit the scope of the search')
  if (partition !== undefined && topic === undefined)
    throw usage('The --partition argument requires --topic to be provided')
  if (topic !== undefined && partition !== undefined) return [{ topic, partition }]
  const names = topic === undefined ? (await admin.listTopics({ listInternal: true })).map(({ name }) => name) : [topic]
  const described = await admin.describeTopics(names)
  return described.flatMap(({ name, partitions }) =>
    partitions
      .filter(({ replicas }) => brokerId === undefined || replicas.includes(brokerId))
      .map(({ index }) => ({ topic: name, partition: index })),
  )
}

function placeOf(parsed: Options): { topic: string; partition: number } {
  const partition = parsed.integer('partition')
  if (partition === undefined) throw usage('Missing required argument "[partition]"')
  return { topic: parsed.required('topic'), partition }
}

function failure(sentence: string): DorsaleError {
  return new DorsaleError('DORSALE_USAGE', sentence)
}
