/**
 * An application of Kafka Streams that has been there, by the requests of its life: it joins, so that the broker makes its internal topics, commits what it has read, and
 * leaves. No tool sends them.
 */
import { atVersions, type Step } from '../differ/step.ts'

const groupId = 'app'
const memberId = 'member-1'
const internal = (name: string, partitions = 0) => ({ name, partitions, replicationFactor: 1, topicConfigs: [] })

/** It groups `orders` anew and counts. One of its changelogs is called as no application of its name calls one. */
const subtopologies = [
  {
    subtopologyId: '0',
    sourceTopics: ['orders'],
    repartitionSinkTopics: ['app-grouped-repartition'],
    stateChangelogTopics: [internal('renamed-changelog')],
  },
  {
    subtopologyId: '1',
    repartitionSourceTopics: [internal('app-grouped-repartition', 2)],
    stateChangelogTopics: [internal('app-counts-changelog')],
  },
]

const heartbeat = (name: string, memberEpoch: number, until?: Step['until']) =>
  atVersions(
    name,
    'StreamsGroupHeartbeat',
    {
      groupId,
      memberId,
      memberEpoch,
      processId: 'process-1',
      rebalanceTimeoutMs: 5000,
      topology: memberEpoch === 0 ? { epoch: 0, subtopologies } : null,
      ...(memberEpoch === 0 ? { activeTasks: [], standbyTasks: [], warmupTasks: [] } : {}),
    },
    { versions: [0], ...(until === undefined ? {} : { until }) },
  )

const commit = (name: string, committedOffsets: readonly number[]) => ({
  name,
  partitions: committedOffsets.map((committedOffset, partitionIndex) => ({ partitionIndex, committedOffset })),
})

export const streamsApplication: readonly Step[] = [
  // Until the topics are there.
  ...heartbeat('joins', 0, ({ errorCode, status }) => errorCode === 0 && (status ?? []).length === 0),
  ...heartbeat('leaves', -1),
  ...atVersions(
    'commits',
    'OffsetCommit',
    {
      groupId,
      memberId: '',
      generationIdOrMemberEpoch: -1,
      topics: [commit('orders', [1, 1, 1]), commit('app-grouped-repartition', [0, 0])],
    },
    { versions: [9] },
  ),
]
