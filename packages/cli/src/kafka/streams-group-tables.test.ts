/** Against the formats of Kafka's StreamsGroupCommand (4.3), column by column. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { StreamsGroupDescription, StreamsMemberDescription } from '@dorsale/client'
import { type OffsetsAdmin, streamsMembersText, streamsOffsetsText, streamsStateText } from './streams-group-tables.ts'

const none = { activeTasks: [], standbyTasks: [], warmupTasks: [] }
const member: StreamsMemberDescription = {
  memberId: 'm1',
  memberEpoch: 4,
  instanceId: undefined,
  rackId: undefined,
  clientId: 'app-1',
  clientHost: '/127.0.0.1',
  topologyEpoch: 0,
  processId: 'a-process-of-some-length',
  userEndpoint: undefined,
  clientTags: {},
  taskOffsets: [],
  taskEndOffsets: [],
  assignment: {
    activeTasks: [
      { subtopologyId: '0', partitions: [0, 1] },
      { subtopologyId: '1', partitions: [0] },
    ],
    standbyTasks: [{ subtopologyId: '1', partitions: [1] }],
    warmupTasks: [],
  },
  targetAssignment: { ...none, activeTasks: [{ subtopologyId: '0', partitions: [0] }] },
  isClassic: false,
}
const counted = { name: 'counted', partitions: 0, replicationFactor: 0, topicConfigs: {} }
const group: StreamsGroupDescription = {
  groupId: 'words',
  groupState: 'Stable',
  groupEpoch: 5,
  targetAssignmentEpoch: 4,
  topologyEpoch: 0,
  assignorName: undefined,
  topologyDescription: undefined,
  topologyDescriptionStatus: 'NOT_REQUESTED',
  subtopologies: [
    {
      subtopologyId: '0',
      sourceTopics: ['lines'],
      repartitionSinkTopics: ['counted'],
      stateChangelogTopics: [],
      repartitionSourceTopics: [],
    },
    {
      subtopologyId: '1',
      sourceTopics: [],
      repartitionSinkTopics: [],
      stateChangelogTopics: [],
      repartitionSourceTopics: [counted],
    },
  ],
  members: [member],
  coordinator: { nodeId: 1, host: 'localhost', port: 9092 },
  authorizedOperations: undefined,
} as StreamsGroupDescription
const briefly = { isVerbose: false }
const verbosely = { isVerbose: true }

test('members, with their tasks; verbosely also with those that they are to have, and no blank before MEMBER', () => {
  assert.equal(
    streamsMembersText(group, briefly),
    [
      'GROUP           MEMBER          PROCESS                  CLIENT-ID       ASSIGNMENTS\n',
      'words           m1              a-process-of-some-length app-1           ACTIVE:0:[0,1];1:[0];STANDBY:1:[1];\n',
    ].join(''),
  )
  assert.equal(
    streamsMembersText(group, verbosely),
    [
      'GROUP           TARGET-ASSIGNMENT-EPOCH   TOPOLOGY-EPOCH MEMBER          MEMBER-PROTOCOL MEMBER-EPOCH    PROCESS                  CLIENT-ID       ASSIGNMENTS\n',
      'words           4                         0              m1              streams         4               a-process-of-some-length app-1           ACTIVE:0:[0,1];1:[0];STANDBY:1:[1];TARGET-ACTIVE:0:[0];\n',
    ].join(''),
  )
  assert.equal(streamsMembersText({ ...group, members: [] }, briefly), '')
})

test('the state', () => {
  assert.equal(
    streamsStateText(group, briefly),
    'GROUP           COORDINATOR (ID)          STATE                     #MEMBERS\nwords           localhost:9092 (1)        Stable                    1\n',
  )
  assert.equal(
    streamsStateText(group, verbosely).split('\n')[0],
    'GROUP           COORDINATOR (ID)          STATE                     GROUP-EPOCH     TARGET-ASSIGNMENT-EPOCH   #MEMBERS',
  )
})

test('offsets of what active tasks read: repartitioned topics too, and from the beginning where nothing was committed', async () => {
  const admin = {
    listOffsets: async (questions: readonly { topic: string; partition: number; timestamp: number }[]) =>
      questions.map(({ topic, partition, timestamp }) => ({ topic, partition, offset: timestamp === -2 ? 3 : 10 })),
    listStreamsGroupOffsets: async () => [[{ topic: 'lines', partition: 0, offset: 8, leaderEpoch: 2 }]],
  } as unknown as OffsetsAdmin
  assert.equal(
    await streamsOffsetsText(admin, group, briefly),
    [
      'GROUP           TOPIC           PARTITION  OFFSET-LAG\n',
      'words           counted         0          7\n',
      'words           lines           0          2\n',
      'words           lines           1          7\n',
    ].join(''),
  )
  assert.equal(
    (await streamsOffsetsText(admin, group, verbosely)).split('\n').slice(0, 3).join('\n'),
    [
      'GROUP           TOPIC           PARTITION  CURRENT-OFFSET  LEADER-EPOCH    LOG-END-OFFSET  OFFSET-LAG     ',
      'words           counted         0          -               -               10              7              ',
      'words           lines           0          8               2               10              2              ',
    ].join('\n'),
  )
})
