/** Offsets and internal topics of a streams group, on a cluster that says what it is told; sentences and tables are those of Kafka's StreamsGroupCommand (4.3). */
import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { type Admin, Itemized, offsetPlaces, type TopicPartition } from '@dorsale/client'
import { type ErrorCode, errorCodes, ProtocolError } from '@dorsale/protocol'
import type { CommandIo } from '../command-io.ts'
import { parseOptions } from './options.ts'
import { resetOptions } from './reset-options.ts'
import { deleteInternalTopics, internalTopicsOf, printDeletion } from './streams-internal-topics.ts'
import { deleteStreamsOffsets, resetStreamsOffsets } from './streams-offsets.ts'

const options = {
  ...resetOptions,
  group: { value: 'group', repeated: true, doc: '' },
  'all-groups': { kind: 'flag', doc: '' },
  'input-topic': { value: 'topic', repeated: true, doc: '' },
  'all-input-topics': { kind: 'flag', doc: '' },
  'delete-internal-topic': { value: 'topic', repeated: true, doc: '' },
  'delete-all-internal-topics': { kind: 'flag', doc: '' },
} as const
const parsed = (text: string) => parseOptions(text.split(' '), { options })

const topic = (name: string) => ({ name, partitions: 0, replicationFactor: 0, topicConfigs: {} })
const subtopologies = [
  {
    subtopologyId: '0',
    sourceTopics: ['orders', 'never-read'],
    repartitionSinkTopics: ['app-grouped-repartition'],
    stateChangelogTopics: [topic('renamed-changelog')],
    repartitionSourceTopics: [],
  },
  {
    subtopologyId: '1',
    sourceTopics: [],
    repartitionSinkTopics: [],
    stateChangelogTopics: [topic('app-counts-changelog')],
    repartitionSourceTopics: [topic('app-grouped-repartition')],
  },
]

function itemized<Key, Value>(keys: readonly Key[], answer: (key: Key) => Value | ErrorCode): Itemized<Key, Value> {
  const outcomes = keys.map(key => {
    const value = answer(key)
    return typeof value === 'number'
      ? { key, value: undefined, error: new ProtocolError(value as ErrorCode) }
      : { key, value, error: undefined }
  })
  return new Itemized<Key, Value>(Promise.resolve(outcomes), values => values)
}

/** A cluster whose partitions hold records 3 to 9; the group has read `orders` to 5, and what it grouped to 1. */
function cluster({
  groupState = 'Empty',
  missingTopics = ['missing'],
}: {
  groupState?: string
  missingTopics?: string[]
} = {}) {
  const done: string[] = []
  const place = (topic: string, partition: number, offset: number) => ({ topic, partition, offset })
  const committed = [place('orders', 0, 5), place('orders', 1, 5), place('app-grouped-repartition', 0, 1)]
  const admin = {
    describeStreamsGroups: (ids: readonly string[]) =>
      itemized(ids, groupId =>
        groupId === 'app' ? { groupId, groupState, subtopologies } : errorCodes.GROUP_ID_NOT_FOUND,
      ),
    listConsumerGroupOffsets: ([{ groupId }]: { groupId: string }[]) =>
      itemized([groupId], each => (each === 'app' ? committed : [])),
    describeTopics: (names: readonly string[]) =>
      itemized(names, name =>
        missingTopics.includes(name)
          ? errorCodes.UNKNOWN_TOPIC_OR_PARTITION
          : { name, partitions: [0, 1].map(index => ({ index, leaderId: 1 })) },
      ),
    listOffsets: (asked: (TopicPartition & { timestamp: number })[]) =>
      itemized(asked, each => ({ ...each, offset: each.timestamp === offsetPlaces.latest ? 9 : 3 })),
    alterStreamsGroupOffsets: async (groupId: string, plan: { topic: string; partition: number; offset: number }[]) => {
      done.push(...plan.map(each => `${groupId} ${each.topic}-${each.partition} to ${each.offset}`))
    },
    deleteStreamsGroupOffsets: (groupId: string, partitions: TopicPartition[]) =>
      itemized(partitions, each => {
        done.push(`${groupId} forgets ${each.topic}-${each.partition}`)
        return undefined
      }),
    deleteTopics: (names: readonly string[]) =>
      itemized(names, name => {
        if (missingTopics.includes(name)) return errorCodes.UNKNOWN_TOPIC_OR_PARTITION
        done.push(`${name} is deleted`)
        return undefined
      }),
  }
  let printed = ''
  const stdout = new PassThrough()
  stdout.on('data', chunk => {
    printed += String(chunk)
  })
  const io = { stdout, stderr: new PassThrough() } as unknown as CommandIo
  return { admin: admin as unknown as Admin, io, done, printed: () => printed }
}

const table = (...rows: string[]) => `\nGROUP           TOPIC           PARTITION  NEW-OFFSET${rows.join('')}\n`
const row = (partition: number, offset: number) => `\napp             orders          ${partition}          ${offset}`

test('what has been read of the input topics is set back; what the application made for itself is not, and goes only when that is asked for', async () => {
  const world = cluster()
  const asked = parsed('--group app --all-input-topics --to-earliest --execute')
  assert.equal(await resetStreamsOffsets(world.admin, ['app'], asked, world.io), 0)
  assert.equal(world.printed(), table(row(0, 3), row(1, 3)))
  assert.deepEqual(world.done, ['app orders-0 to 3', 'app orders-1 to 3'])
})

test('a dry run changes nothing, and --export prints what --from-file reads', async () => {
  const world = cluster()
  const asked = parsed('--group app --input-topic orders:1 --shift-by 2 --dry-run --export')
  assert.equal(await resetStreamsOffsets(world.admin, ['app'], asked, world.io), 0)
  assert.equal(world.printed(), 'orders,1,7\n\n')
  assert.deepEqual(world.done, [])
})

test('topics that the group has no offsets of are refused, and so is a group with members', async () => {
  const foreign = cluster()
  const asked = parsed('--group app --input-topic elsewhere --to-latest --execute')
  assert.equal(await resetStreamsOffsets(foreign.admin, ['app'], asked, foreign.io), 1)
  assert.equal(foreign.printed(), `\nError: One or more topics are not part of the group 'app'.\n${table()}`)
  const busy = cluster({ groupState: 'Stable' })
  const all = parsed('--group app --all-input-topics --to-latest --execute')
  assert.equal(await resetStreamsOffsets(busy.admin, ['app'], all, busy.io), 1)
  assert.equal(
    busy.printed(),
    `\nError: Assignments can only be reset if the group 'app' is inactive, but the current state is Stable.\n${table()}`,
  )
  assert.deepEqual([...foreign.done, ...busy.done], [])
})

test('a group that is not there has no input topics, and no topics of its own', async () => {
  const world = cluster()
  const all = parsed('--group nobody --all-input-topics --to-latest --dry-run')
  assert.equal(await resetStreamsOffsets(world.admin, ['nobody'], all, world.io), 1)
  assert.match(
    world.printed(),
    /^\nError: Executing streams group command failed due to java\.util\.concurrent\.ExecutionException: org\.apache\.kafka\.common\.errors\.GroupIdNotFoundException: /,
  )
  const named = parsed('--group nobody --input-topic orders --to-latest --dry-run')
  assert.equal(await resetStreamsOffsets(world.admin, ['nobody'], named, world.io), 1)
  assert.ok(world.printed().endsWith(`\nError: One or more topics are not part of the group 'nobody'.\n${table()}`))
})

test('internal topics go with a reset, but those that are called otherwise', async () => {
  const world = cluster()
  const asked = parsed('--group app --input-topic orders:0 --to-latest --execute --delete-all-internal-topics')
  assert.equal(await resetStreamsOffsets(world.admin, ['app'], asked, world.io), 0)
  assert.equal(
    world.printed(),
    `\nError: The internal topic 'renamed-changelog' is not inferred as internal and thus will not be deleted with the group 'app'.\n${table(row(0, 9))}`,
  )
  assert.deepEqual(world.done, [
    'app orders-0 to 9',
    'app-grouped-repartition is deleted',
    'app-counts-changelog is deleted',
  ])
  const gone = cluster({ missingTopics: ['app-x-changelog'] })
  const one = parsed('--group app --input-topic orders:0 --to-latest --execute --delete-internal-topic app-x-changelog')
  assert.equal(await resetStreamsOffsets(gone.admin, ['app'], one, gone.io), 1)
  assert.match(
    gone.printed(),
    /^\nError: Deleting internal topics for group 'app' failed because the topics do not exist\.\n/,
  )
})

test('internal topics go with their group', async () => {
  const world = cluster()
  const topics = await internalTopicsOf(world.admin, ['app'], world.io)
  assert.deepEqual([...topics], [['app', ['app-grouped-repartition', 'app-counts-changelog']]])
  assert.equal(await printDeletion(await deleteInternalTopics(world.admin, ['app'], topics, world.io), world.io), true)
  assert.match(
    world.printed(),
    /\nDeletion of associated internal topics of the streams groups \('app'\) was successful\.\n$/,
  )
  const broken = cluster({ missingTopics: ['app-counts-changelog'] })
  const deletion = await deleteInternalTopics(broken.admin, ['app'], topics, broken.io)
  assert.equal(await printDeletion(deletion, broken.io), false)
  assert.match(
    broken.printed(),
    /^Failed to delete internal topic: app-counts-changelog\nDeletion of some associated internal topics failed:\n\* Internal topics of the streams group 'app' could not be deleted due to: org\.apache\.kafka/,
  )
})

test('offsets are deleted of whole topics, of partitions, and of all that the topology reads; a topic that is not there is told', async () => {
  const world = cluster()
  const asked = parsed('--group app --input-topic orders --input-topic missing')
  assert.equal(await deleteStreamsOffsets(world.admin, asked, world.io), 1)
  assert.match(world.printed(), /^Request succeeded for deleting offsets from group app\.\n/)
  assert.match(world.printed(), /\nmissing +- +Error: org\.apache\.kafka/)
  assert.deepEqual(world.done, ['app forgets orders-0', 'app forgets orders-1'])
  const all = cluster()
  assert.equal(await deleteStreamsOffsets(all.admin, parsed('--group app --all-input-topics'), all.io), 0)
  assert.match(all.printed(), /^Request succeeded for deleting offsets from group app\.\n/)
  assert.deepEqual(all.done, ['app forgets app-grouped-repartition-0', 'app forgets orders-0', 'app forgets orders-1'])
})
