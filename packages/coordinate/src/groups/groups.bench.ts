/**
 * What the coordinator's state machine costs, without network and log:
 *
 *     node packages/coordinate/src/groups/groups.bench.ts
 *
 * - heartbeat: of one member of a stable group, its session set anew on a timer wheel.
 * - commit: one partition; the record is encoded and replayed, as the host does.
 * - load: a committed offset out of the log: decoded and replayed.
 * - consumer heartbeat: of a member of a large group of the consumer protocol that has nothing new to say.
 * - assignment: one more member of that group; all of its partitions are divided anew.
 * - rebalance: one of so many members leaves, the rest joins and syncs; the whole of it.
 */
import { silentLogger, TimerWheel } from '@dorsale/base'
import { nodeClock, nodePrng } from '@dorsale/base/node'
import {
  consumerGroupHeartbeatRequest,
  createMessage,
  type JoinGroupResponse,
  joinGroupRequest,
  metadataRecord,
  offsetCommitRequest,
} from '@dorsale/protocol'
import { MetadataState } from '../metadata/state.ts'
import { Step } from '../shard/step.ts'
import { testGroupConfig } from '../testing/group-world.ts'
import type { GroupStep } from './group-context.ts'
import { type GroupRecord, groupRecordSerde } from './group-records.ts'
import { GroupShard } from './group-shard.ts'

const wheel = new TimerWheel(nodeClock)
const metadata = new MetadataState()
const shard = new GroupShard({
  config: { ...testGroupConfig, classicSizeMax: 10_000 },
  image: metadata,
  prng: nodePrng(),
  logger: silentLogger,
  timers: { set: (delayMs, operation) => wheel.set(delayMs, () => run(operation)) },
})
const log: { key: Uint8Array; value: Uint8Array }[] = []

function run(operation: (step: GroupStep) => void): void {
  const step: GroupStep = new Step(nodeClock.now())
  operation(step)
  for (const record of step.records) {
    groupRecordSerde.encode(record)
    replay(record)
  }
  for (const reply of step.replies) reply.send()
}

function replay(record: GroupRecord): void {
  shard.replay(record, { producerId: -1n, producerEpoch: -1, offset: 0, timestampMs: 0 })
}

function measure(name: string, count: number, work: (index: number) => void): void {
  for (let index = 0; index < count / 4; index++) work(index)
  const startMs = performance.now()
  for (let index = 0; index < count; index++) work(index)
  const us = ((performance.now() - startMs) * 1000) / count
  process.stdout.write(`${name.padEnd(32)} ${us.toFixed(2).padStart(9)} us\n`)
}

run(step => shard.onLoaded(step))
const client = { apiVersion: 3, clientId: 'bench', clientHost: '/127.0.0.1' }
const noBytes = new Uint8Array(0)

/** Joins, with an id or without; answers when the generation is there. */
function join(groupId: string, memberId: string, onJoined: (response: JoinGroupResponse) => void): void {
  const request = createMessage(joinGroupRequest, {
    groupId,
    memberId,
    sessionTimeoutMs: 45_000,
    rebalanceTimeoutMs: 300_000,
    protocolType: 'consumer',
    protocols: [{ name: 'range', metadata: noBytes }],
  })
  run(step => shard.joinGroup(step, request, client, { answer: onJoined, fail: ignore }))
}

function sync(groupId: string, { memberId, generationId }: JoinGroupResponse): void {
  const request = { groupId, memberId, generationId, assignments: [], ...noProtocol }
  run(step => shard.syncGroup(step, request, { answer: ignore, fail: ignore }))
}

const noProtocol = { groupInstanceId: null, protocolType: null, protocolName: null }
function ignore(): void {}

let member = { memberId: '', generationId: -1 }
join('one', '', response => {
  member = response
  sync('one', response)
})
measure('heartbeat', 1_000_000, () => {
  run(() => shard.heartbeat({ groupId: 'one', ...member, groupInstanceId: null }))
})

measure('commit', 200_000, index => {
  const partitions = [{ partitionIndex: index % 100, committedOffset: index, committedMetadata: '' }]
  const request = createMessage(offsetCommitRequest, {
    groupId: `g${index % 1000}`,
    topics: [{ name: 'a-topic-of-usual-length', partitions }],
  })
  run(step => shard.commitOffsets(step, request, 9))
})

for (let index = 0; index < 1000; index++) {
  const key = { group: `g${index}`, topic: 'a-topic-of-usual-length', partition: 0 }
  const value = { offset: index, leaderEpoch: 0, metadata: '', commitTimestamp: 0, expireTimestamp: -1, topicId: '' }
  const topicId = 'AAAAAAAAAAAAAAAAAAAAAQ'
  const encoded = groupRecordSerde.encode({ type: 'OffsetCommit', key, version: 4, value: { ...value, topicId } })
  log.push({ key: Uint8Array.from(encoded.key), value: Uint8Array.from(encoded.value as Uint8Array) })
}
measure('load, per offset', 1_000_000, index => {
  const { key, value } = log[index % log.length] as (typeof log)[number]
  replay(groupRecordSerde.decode(key, value) as GroupRecord)
})

const memberCount = 500
let joined: JoinGroupResponse[] = []

/** Brings those who were in the last generation into the one that `begin` begins. */
function rebalance(members: readonly JoinGroupResponse[], begin: () => void): void {
  joined = []
  begin()
  for (const { memberId } of members) join('many', memberId, response => joined.push(response))
  for (const response of joined) sync('many', response)
}

for (let index = 0; index < memberCount; index++) {
  rebalance(joined, () => join('many', '', response => joined.push(response)))
}
const quietly = { groupInstanceId: null, reason: null }
measure(`rebalance of ${memberCount}`, 20, () => {
  const [leaving, ...staying] = joined
  const { memberId } = leaving as JoinGroupResponse
  rebalance(staying, () => run(step => shard.leaveGroup(step, 'many', [{ memberId, ...quietly }])))
})

const modernCount = 500
const topicId = 'AAAAAAAAAAAAAAAAAAAAAQ'
metadata.replayBatch(
  [
    metadataRecord('TopicRecord', 0, { name: 't', topicId }),
    ...Array.from({ length: 1000 }, (_, partitionId) =>
      metadataRecord('PartitionRecord', 0, { topicId, partitionId, replicas: [1], isr: [1], leader: 1 }),
    ),
  ],
  1001,
  1,
)
const epochs = new Map<string, number>()

/** A heartbeat; who joins says everything. */
function beat(memberId: string): void {
  const memberEpoch = epochs.get(memberId) ?? 0
  const all = { rebalanceTimeoutMs: 300_000, subscribedTopicNames: ['t'], topicPartitions: [] }
  const request = createMessage(consumerGroupHeartbeatRequest, {
    groupId: 'modern',
    memberId,
    memberEpoch,
    ...(memberEpoch === 0 ? all : {}),
  })
  run(step => epochs.set(memberId, shard.consumerGroupHeartbeat(step, request, client).memberEpoch))
}

for (let index = 0; index < modernCount; index++) beat(`m${index}`)
measure('consumer heartbeat', 500_000, () => beat(`m${modernCount - 1}`))
measure(`assignment of 1000 to ${modernCount}`, 20, index => {
  beat(`late${index}`)
  epochs.delete(`late${index}`)
})
process.exit(0)
