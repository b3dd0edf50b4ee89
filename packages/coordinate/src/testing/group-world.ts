import { type Prng, seededPrng, silentLogger } from '@dorsale/base'
import { ManualClock } from '@dorsale/base/testing'
import {
  type ConsumerGroupHeartbeatResponse,
  consumerGroupHeartbeatRequest,
  createMessage,
  type JoinGroupRequest,
  type JoinGroupResponse,
  joinGroupRequest,
  type LeaveGroupResponseMemberResponse,
  leaveGroupRequest,
  type MetadataRecord,
  metadataRecord,
  type PartialMessage,
  ProtocolError,
  randomUuid,
  type SyncGroupResponse,
  shareGroupHeartbeatRequest,
  syncGroupRequest,
} from '@dorsale/protocol'
import type { GroupConfig } from '../groups/group-config.ts'
import type { GroupStep } from '../groups/group-context.ts'
import { type GroupRecord, groupRecordSerde } from '../groups/group-records.ts'
import { GroupShard } from '../groups/group-shard.ts'
import type { ShareHeartbeatOutcome } from '../groups/share/heartbeat.ts'
import type { TopicImage } from '../metadata/image.ts'
import { MetadataState } from '../metadata/state.ts'
import { type Replier, Step } from '../shard/step.ts'

/** Kafka's defaults, but that nothing waits for more members. */
export const testGroupConfig: GroupConfig = {
  classicSessionTimeoutMsMin: 6000,
  classicSessionTimeoutMsMax: 1_800_000,
  initialRebalanceDelayMs: 0,
  classicSizeMax: 1000,
  offsetMetadataMax: 4096,
  offsetsRetentionMs: 7 * 24 * 3_600_000,
  offsetsRetentionCheckIntervalMs: 600_000,
  consumerSizeMax: 1000,
  consumerAssignors: ['uniform', 'range'],
  migrationPolicy: 'bidirectional',
  regexRefreshIntervalMs: 600_000,
  consumerGroup: () => ({ sessionTimeoutMs: 45_000, heartbeatIntervalMs: 5000, assignmentIntervalMs: 0 }),
  shareSizeMax: 200,
  shareInitializeRetryIntervalMs: 30_000,
  shareGroup: () => ({ sessionTimeoutMs: 45_000, heartbeatIntervalMs: 5000, assignmentIntervalMs: 0 }),
}

/** An answer that may still be outstanding. */
export interface Answer<Response> {
  response: Response | undefined
  error: ProtocolError | undefined
}

/** One shard of the group coordinator on a clock that moves when told. Everything is committed at once, through the bytes of the log. */
export class GroupWorld {
  readonly clock = new ManualClock()
  readonly log: { key: Uint8Array; value: Uint8Array | null; timestampMs: number }[] = []
  readonly prng: Prng
  readonly config: GroupConfig
  /** What the cluster knows of itself; topics are made by `createTopic`. */
  readonly metadata = new MetadataState()
  shard: GroupShard

  constructor(options: { seed?: number; config?: Partial<GroupConfig> } = {}) {
    this.prng = seededPrng(options.seed ?? 1)
    this.config = { ...testGroupConfig, ...options.config }
    this.shard = this.#newShard()
  }

  /** The process dies; another reads the log. */
  restart(): void {
    this.shard.unload(new ProtocolError(16))
    this.shard = this.#newShard()
  }

  /** Runs an operation and answers what it answers. */
  run<Response>(operation: (step: GroupStep, shard: GroupShard) => Response): Response {
    let result: Response | undefined
    this.#step(step => {
      result = operation(step, this.shard)
    })
    return result as Response
  }

  join(partial: PartialMessage<typeof joinGroupRequest>, apiVersion = 9): Answer<JoinGroupResponse> {
    const request: JoinGroupRequest = createMessage(joinGroupRequest, {
      groupId: 'g',
      sessionTimeoutMs: 10_000,
      rebalanceTimeoutMs: 60_000,
      protocolType: 'consumer',
      protocols: [{ name: 'range', metadata: new Uint8Array(0) }],
      ...partial,
    })
    const client = { apiVersion, clientId: 'c', clientHost: '/127.0.0.1' }
    const { answer, replier } = outstanding<JoinGroupResponse>()
    this.#step(step => this.shard.joinGroup(step, request, client, replier), replier)
    return answer
  }

  sync(partial: PartialMessage<typeof syncGroupRequest>): Answer<SyncGroupResponse> {
    const request = createMessage(syncGroupRequest, { groupId: 'g', ...partial })
    const { answer, replier } = outstanding<SyncGroupResponse>()
    this.#step(step => this.shard.syncGroup(step, request, replier), replier)
    return answer
  }

  leave(
    members: PartialMessage<typeof leaveGroupRequest>['members'],
    groupId = 'g',
  ): LeaveGroupResponseMemberResponse[] {
    const request = createMessage(leaveGroupRequest, { groupId, members: members ?? [] })
    return this.run((step, shard) => shard.leaveGroup(step, groupId, request.members))
  }

  /** Another process reads a log that somebody else wrote. */
  load(records: readonly { key: Uint8Array; value: Uint8Array | null }[]): void {
    this.log.push(...records.map(record => ({ ...record, timestampMs: this.clock.now() })))
    this.restart()
  }

  /** Makes a topic; answers its id. */
  createTopic(name: string, partitionCount: number, topicId = randomUuid(this.prng)): string {
    this.#changeMetadata([
      metadataRecord('TopicRecord', 0, { name, topicId }),
      ...this.#partitionRecords(topicId, 0, partitionCount),
    ])
    return topicId
  }

  /** Gives a topic more partitions: so many in all. */
  growTopic(name: string, partitionCount: number): void {
    const { id, partitions } = this.metadata.topicsByName.get(name) as TopicImage
    this.#changeMetadata(this.#partitionRecords(id, partitions.length, partitionCount))
  }

  deleteTopic(name: string): void {
    const { id } = this.metadata.topicsByName.get(name) as TopicImage
    this.#changeMetadata([metadataRecord('RemoveTopicRecord', 0, { topicId: id })])
  }

  /** A heartbeat of the consumer protocol; its error is thrown. */
  beat(partial: PartialMessage<typeof consumerGroupHeartbeatRequest>): ConsumerGroupHeartbeatResponse {
    const request = createMessage(consumerGroupHeartbeatRequest, { groupId: 'g', ...partial })
    const client = { apiVersion: 1, clientId: 'c', clientHost: '/127.0.0.1' }
    return this.run((step, shard) => shard.consumerGroupHeartbeat(step, request, client))
  }

  /** A heartbeat of a share group; its error is thrown. What the share coordinator is to be asked is answered too. */
  shareBeat(partial: PartialMessage<typeof shareGroupHeartbeatRequest>): ShareHeartbeatOutcome {
    const request = createMessage(shareGroupHeartbeatRequest, { groupId: 'g', ...partial })
    const client = { apiVersion: 1, clientId: 'c', clientHost: '/127.0.0.1' }
    return this.run((step, shard) => shard.shareGroupHeartbeat(step, request, client))
  }

  /** The error code of a heartbeat. */
  heartbeat(memberId: string, generationId: number, groupInstanceId: string | null = null): number {
    try {
      return this.run((_step, shard) => shard.heartbeat({ groupId: 'g', memberId, generationId, groupInstanceId }))
    } catch (error) {
      if (error instanceof ProtocolError) return error.errorCode
      throw error
    }
  }

  /** State and member count as DescribeGroups tells them. */
  describe(groupId = 'g'): string {
    const { groupState, members } = this.shard.describeGroup(groupId, 6)
    return `${groupState} ${members.length}`
  }

  /** Kinds of the records written so far; a tombstone with a dash. */
  get written(): string[] {
    return this.log.map(({ key, value }) => {
      const record = groupRecordSerde.decode(key, value)
      return `${value === null ? '-' : ''}${record?.type}`
    })
  }

  #partitionRecords(topicId: string, from: number, to: number): MetadataRecord[] {
    return Array.from({ length: to - from }, (_, index) =>
      metadataRecord('PartitionRecord', 0, {
        topicId,
        partitionId: from + index,
        replicas: [1],
        isr: [1],
        leader: 1,
        partitionEpoch: 0,
      }),
    )
  }

  #changeMetadata(records: readonly MetadataRecord[]): void {
    this.metadata.replayBatch(records, this.metadata.offset + records.length, 1)
    const delta = this.metadata.takeDelta()
    this.shard.metadataChanged(delta)
    if (delta.removedTopics.length > 0) this.run((step, shard) => shard.topicsDeleted(step, delta.removedTopics))
  }

  #newShard(): GroupShard {
    const shard = new GroupShard({
      config: this.config,
      prng: this.prng,
      logger: silentLogger,
      image: this.metadata,
      timers: { set: (delayMs, operation) => this.clock.setTimer(delayMs, () => this.#step(operation)) },
    })
    for (const [offset, { key, value, timestampMs }] of this.log.entries()) {
      const record = groupRecordSerde.decode(key, value) as GroupRecord
      shard.replay(record, { producerId: -1n, producerEpoch: -1, offset, timestampMs })
    }
    this.shard = shard
    this.#step(step => shard.onLoaded(step))
    return shard
  }

  #step(operation: (step: GroupStep) => void, replier?: Replier<never>): void {
    const step: GroupStep = new Step(this.clock.now())
    try {
      operation(step)
    } catch (error) {
      if (replier === undefined || !(error instanceof ProtocolError)) throw error
      replier.fail(error)
      return
    }
    for (const record of step.records) {
      const { key, value } = groupRecordSerde.encode(record)
      const entry = { key: Uint8Array.from(key), value: value && Uint8Array.from(value), timestampMs: step.now }
      const offset = this.log.push(entry) - 1
      this.shard.replay(record, { producerId: -1n, producerEpoch: -1, offset, timestampMs: step.now })
    }
    for (const reply of step.replies) reply.send()
  }
}

function outstanding<Response>(): { answer: Answer<Response>; replier: Replier<Response> } {
  const answer: Answer<Response> = { response: undefined, error: undefined }
  return {
    answer,
    replier: {
      answer: response => {
        answer.response = response
      },
      fail: error => {
        answer.error = error
      },
    },
  }
}
