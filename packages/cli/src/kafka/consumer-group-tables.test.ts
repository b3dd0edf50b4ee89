/** What Apache Kafka's tool 4.3.1 printed of groups on a broker of 4.4.0, and ours of the same. */
import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import type { Admin, ConsumerGroupDescription } from '@dorsale/client'
import type { CommandIo } from '../command-io.ts'
import { printMembers, printOffsets, printStates } from './consumer-group-tables.ts'

const partitions = [0, 1, 2].map(partition => ({ topic: 'orders', partition }))
const member: ConsumerGroupDescription['members'][number] = {
  consumerId: '26DgZ5HuRIeNZzGaL5C_VQ',
  groupInstanceId: 'inst1',
  rackId: undefined,
  clientId: 'console-consumer',
  host: '/127.0.0.1',
  assignment: partitions,
  targetAssignment: partitions,
  memberEpoch: 2,
  upgraded: true,
  subscribedTopicNames: ['orders'],
  subscribedTopicRegex: undefined,
}
const active: ConsumerGroupDescription = {
  groupId: 'actn',
  type: 'Consumer',
  groupState: 'Stable',
  isSimpleConsumerGroup: false,
  partitionAssignor: 'uniform',
  members: [member],
  coordinator: { nodeId: 1, host: '127.0.0.1', port: 28192 },
  groupEpoch: 2,
  targetAssignmentEpoch: 2,
  authorizedOperations: undefined,
}
const empty: ConsumerGroupDescription = {
  ...active,
  groupId: 'g1',
  type: 'Classic',
  groupState: 'Empty',
  partitionAssignor: '',
  members: [],
  groupEpoch: undefined,
  targetAssignmentEpoch: undefined,
}

const lines = (...texts: string[]) => `\n${texts.map(text => `${text}\n`).join('')}`

async function printed(print: (io: CommandIo) => Promise<void>) {
  const output = { stdout: '', stderr: '' }
  const stream = (name: keyof typeof output) =>
    new PassThrough().on('data', chunk => {
      output[name] += String(chunk)
    })
  await print({ stdout: stream('stdout'), stderr: stream('stderr') } as unknown as CommandIo)
  return output
}

test('members', async () => {
  const plain = await printed(io => printMembers([active], { io, isVerbose: false }))
  assert.equal(
    plain.stdout,
    lines(
      'GROUP           CONSUMER-ID            GROUP-INSTANCE-ID HOST            CLIENT-ID        #PARTITIONS     ',
      'actn            26DgZ5HuRIeNZzGaL5C_VQ inst1             /127.0.0.1      console-consumer 3               ',
    ),
  )
  const verbose = await printed(io => printMembers([active], { io, isVerbose: true }))
  assert.equal(
    verbose.stdout,
    lines(
      'GROUP           CONSUMER-ID            GROUP-INSTANCE-ID HOST            CLIENT-ID        #PARTITIONS     CURRENT-EPOCH   CURRENT-ASSIGNMENT   TARGET-EPOCH    TARGET-ASSIGNMENT   ',
      'actn            26DgZ5HuRIeNZzGaL5C_VQ inst1             /127.0.0.1      console-consumer 3               2               orders:0,1,2         2               orders:0,1,2        ',
    ),
  )
  assert.deepEqual(await printed(io => printMembers([empty], { io, isVerbose: false })), {
    stdout: lines('GROUP           CONSUMER-ID     HOST            CLIENT-ID       #PARTITIONS     '),
    stderr: "\nConsumer group 'g1' has no active members.\n",
  })
})

test('states', async () => {
  const verbose = await printed(io => printStates([active], { io, isVerbose: true }))
  assert.equal(
    verbose.stdout,
    lines(
      'GROUP           COORDINATOR (ID)          ASSIGNMENT-STRATEGY  STATE                GROUP-EPOCH     TARGET-ASSIGNMENT-EPOCH   #MEMBERS',
      'actn            127.0.0.1:28192  (1)      uniform              Stable               2               2                         1',
    ),
  )
  const plain = await printed(io => printStates([empty], { io, isVerbose: false }))
  assert.equal(
    plain.stdout,
    lines(
      'GROUP           COORDINATOR (ID)          ASSIGNMENT-STRATEGY  STATE                #MEMBERS',
      'g1              127.0.0.1:28192  (1)      -                    Empty                0',
    ),
  )
})

test('offsets and lag, of partitions that somebody reads, and that nobody does', async () => {
  const answers = {
    listConsumerGroupOffsets: async () => [
      [
        { topic: 'orders', partition: 1, offset: 4, leaderEpoch: undefined, metadata: '' },
        { topic: 'orders', partition: 0, offset: 2, leaderEpoch: 0, metadata: '' },
        { topic: 'gone', partition: 0, offset: 9, leaderEpoch: 0, metadata: '' },
      ],
    ],
    describeTopics: () => ({
      outcomes: async () => [
        { key: 'orders', value: {}, error: undefined },
        { key: 'gone', value: undefined, error: new Error('not there') },
      ],
    }),
    listOffsets: (questions: readonly { topic: string; partition: number }[]) => ({
      outcomes: async () =>
        questions.map(key => ({ key, value: { ...key, offset: 5, timestamp: -1, leaderEpoch: 0 }, error: undefined })),
    }),
  }
  const admin = answers as unknown as Admin
  const mine = { ...member, consumerId: 'c', assignment: partitions.slice(0, 1) }
  const group = { ...active, groupId: 'g1', members: [mine] }
  const { stdout } = await printed(io => printOffsets(admin, [group], { io, isVerbose: false }))
  assert.equal(
    stdout,
    lines(
      'GROUP           TOPIC           PARTITION  CURRENT-OFFSET  LOG-END-OFFSET  LAG             CONSUMER-ID     HOST            CLIENT-ID',
      'g1              orders          0          2               5               3               c               /127.0.0.1      console-consumer',
      'g1              gone            0          9               -               -               -               -               -',
      'g1              orders          1          4               5               1               -               -               -',
    ),
  )
  const verbose = await printed(io => printOffsets(admin, [group], { io, isVerbose: true }))
  assert.match(verbose.stdout, /PARTITION {2}LEADER-EPOCH {4}CURRENT-OFFSET[^\n]*\n[^\n]*0 {10}0 {15}2 /)
})
