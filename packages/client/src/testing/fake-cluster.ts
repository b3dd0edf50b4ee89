/**
 * A cluster as small as a test needs it: brokers that listen in the simulated world, hold logs in memory, check producer sequences as Kafka does, and do what a
 * script says instead when there is one.
 */
import { type Listener, type Socket, sleep } from '@dorsale/base'
import {
  type ApiVersionsRequest,
  apis,
  apiVersionsResponse,
  BatchCursor,
  BatchHeader,
  type ConsumerGroupHeartbeatRequest,
  createMessage,
  type createTopicsResponse,
  decodeMessage,
  encodeMessage,
  errorCodes,
  type fetchRequest,
  type fetchResponse,
  type findCoordinatorRequest,
  type findCoordinatorResponse,
  type HeartbeatRequest,
  isBatchIntact,
  type JoinGroupRequest,
  type LeaveGroupRequest,
  type listOffsetsRequest,
  type listOffsetsResponse,
  type MessageOf,
  type MessageTable,
  type metadataRequest,
  type metadataResponse,
  type OffsetCommitRequest,
  type OffsetFetchRequest,
  type OffsetForLeaderEpochRequest,
  type offsetForLeaderEpochResponse,
  type PartialMessage,
  type produceRequest,
  type produceResponse,
  readRecords,
  requestHeaderVersion,
  responseHeaderVersion,
  type ShareAcknowledgeRequest,
  type ShareFetchRequest,
  type ShareGroupHeartbeatRequest,
  type SyncGroupRequest,
  stampBatch,
} from '@dorsale/protocol'
import { type Host, World } from '@dorsale/sim'
import { FrameReader, readRequestHeader, writeResponseHeader } from '@dorsale/transport'
import type { ClientWorld } from '../world.ts'
import { FakeGroups } from './fake-groups.ts'
import { FakeShareGroups } from './fake-share-groups.ts'
import { FakeTransactions } from './fake-transactions.ts'

export const host = 'test'

/** What a script may have a broker do with a request instead of answering it. */
export type Deed =
  /** Answers nothing on this connection any more. */
  | 'silence'
  /** As `silence`, and reads nothing more either: what is sent piles up. */
  | 'deafness'
  /** Cuts the connection before the request takes effect. */
  | 'cut'
  /** Lets the request take effect, and cuts the connection before the answer. */
  | 'cut after'
  /** Answers each partition with this error, without effect. */
  | { readonly errorCode: number }
  /** Answers with this response. */
  | { readonly answer: object }
  | undefined

export interface Seen {
  readonly nodeId: number
  readonly name: string
  readonly version: number
  readonly body: unknown
  readonly atMs: number
}

interface Partition {
  leader: number
  epoch: number
  batches: { baseOffset: number; nextOffset: number; bytes: Uint8Array }[]
  nextOffset: number
  startOffset: number
  producers: Map<string, { epoch: number; next: number; last: { sequence: number; offset: number }[] }>
}

/** Runs a test in a simulated world of its own, with a cluster of fake brokers. */
export async function withCluster(
  options: { brokers?: number; seed?: number },
  body: (cluster: FakeCluster, world: ClientWorld & { clock: Host['clock'] }) => Promise<void>,
): Promise<void> {
  const simulated = new World({ seed: options.seed ?? 1 })
  await simulated.within(async each => {
    const cluster = new FakeCluster(each)
    for (let nodeId = 1; nodeId <= (options.brokers ?? 1); nodeId++) await cluster.start(nodeId)
    await body(cluster, each)
  })
}

export class FakeCluster {
  readonly #host: Host
  readonly #brokers = new Map<number, FakeBroker>()
  readonly topics = new Map<string, { id: string; partitions: Partition[] }>()
  /** Every request, in the order of its arrival. */
  readonly seen: Seen[] = []
  /** Requests that have arrived, whether or not their turn has come. */
  arrived = 0
  /** Asked for each request; undefined lets it take its course. */
  script: (request: Seen) => Deed = () => undefined
  /** Topics that a producer's question creates. */
  autoCreatePartitions = 0
  /** What the brokers answer instead of the truth. */
  staleMetadata: PartialMessage<typeof metadataResponse> | undefined
  /** The newest versions that the brokers serve, by API, where it is not ours; -1: none. */
  apiVersionMax = new Map<number, number>()
  /** Whether the brokers take metrics of clients, which a script answers. */
  takesTelemetry = false
  readonly racks = new Map<number, string>()
  /** Of all brokers: what they coordinate survives them. */
  readonly groups: FakeGroups
  readonly shareGroups: FakeShareGroups
  /** The broker that coordinates a group or a transactional id; 1 for those that are not named. -1: none at the moment. */
  readonly coordinators = new Map<string, number>()
  #nextProducerId = 1000n
  readonly transactions = new FakeTransactions(() => this.#nextProducerId++)

  constructor(each: Host) {
    this.#host = each
    const topics = () =>
      [...this.topics].map(([name, { id, partitions }]) => ({ name, id, partitionCount: partitions.length }))
    this.groups = new FakeGroups(each.clock, topics)
    this.shareGroups = new FakeShareGroups(each.clock, topics, (topicId, index) =>
      this.partition(this.topicById(topicId) ?? '', index),
    )
  }

  get bootstrap(): string {
    return `${host}:9001`
  }

  get clock() {
    return this.#host.clock
  }

  async start(nodeId: number, port = 9000 + nodeId): Promise<void> {
    const broker = new FakeBroker(this.#host, this, nodeId)
    await broker.listen(port)
    this.#brokers.set(nodeId, broker)
  }

  async kill(nodeId: number): Promise<void> {
    await this.#brokers.get(nodeId)!.kill()
    this.#brokers.delete(nodeId)
  }

  createTopic(name: string, partitions: number, { leaders = [1] }: { leaders?: readonly number[] } = {}): void {
    this.topics.set(name, {
      id: Buffer.from(name.padEnd(16, '.').slice(0, 16)).toString('base64url'),
      partitions: Array.from({ length: partitions }, (_, index) => ({
        leader: leaders[index % leaders.length]!,
        epoch: 0,
        batches: [],
        nextOffset: 0,
        startOffset: 0,
        producers: new Map(),
      })),
    })
  }

  partition(topic: string, index: number): Partition {
    return this.topics.get(topic)!.partitions[index]!
  }

  /** The values in a partition, as text; `committed`: those of committed transactions only. */
  values(topic: string, index: number, { committed = false } = {}): string[] {
    return this.partition(topic, index).batches.flatMap(({ bytes }) => {
      if (committed && !this.transactions.isCommitted(bytes)) return []
      const cursor = new BatchCursor(bytes)
      const values: string[] = []
      while (cursor.next()) {
        for (const { value } of readRecords(cursor.header)) values.push(Buffer.from(value ?? []).toString())
      }
      return values
    })
  }

  count(name: string): number {
    return this.seen.filter(request => request.name === name).length
  }

  metadata(names: readonly string[] | null): PartialMessage<typeof metadataResponse> {
    for (const name of names ?? []) {
      if (!this.topics.has(name) && this.autoCreatePartitions > 0) this.createTopic(name, this.autoCreatePartitions)
    }
    return {
      clusterId: 'fake',
      controllerId: 1,
      brokers: [...this.#brokers.values()].map(({ nodeId, port }) => ({
        nodeId,
        host,
        port,
        rack: this.racks.get(nodeId) ?? null,
      })),
      topics: (names ?? [...this.topics.keys()]).map(name => {
        const topic = this.topics.get(name)
        if (topic === undefined) return { name, errorCode: errorCodes.UNKNOWN_TOPIC_OR_PARTITION }
        return {
          name,
          topicId: topic.id,
          partitions: topic.partitions.map(({ leader, epoch }, partitionIndex) => ({
            partitionIndex,
            leaderId: this.#brokers.has(leader) ? leader : -1,
            leaderEpoch: epoch,
            replicaNodes: [leader],
            isrNodes: [leader],
          })),
        }
      }),
    }
  }

  coordinatorOf(key: string): { nodeId: number; host: string; port: number } | undefined {
    const broker = this.#brokers.get(this.coordinators.get(key) ?? 1)
    return broker === undefined ? undefined : { nodeId: broker.nodeId, host, port: broker.port }
  }

  features() {
    const { version } = this.transactions
    return [{ name: 'transaction.version', minVersionLevel: version, maxVersionLevel: version }]
  }

  topicById(id: string): string | undefined {
    return [...this.topics].find(([, topic]) => topic.id === id)?.[0]
  }

  append(
    nodeId: number,
    { topic, index, version }: { topic: string; index: number; version: number },
    records: Uint8Array,
  ): { errorCode: number; baseOffset: number } {
    const partition = this.topics.get(topic)?.partitions[index]
    if (partition === undefined) return { errorCode: errorCodes.UNKNOWN_TOPIC_OR_PARTITION, baseOffset: -1 }
    if (partition.leader !== nodeId) return { errorCode: errorCodes.NOT_LEADER_OR_FOLLOWER, baseOffset: -1 }
    const bytes = records.slice()
    const cursor = new BatchCursor(bytes)
    if (!cursor.next() || !isBatchIntact(bytes, 0)) return { errorCode: errorCodes.CORRUPT_MESSAGE, baseOffset: -1 }
    const { header } = cursor
    const { nextOffset: baseOffset } = partition
    if (header.isTransactional) {
      const errorCode = this.transactions.refusal(header, `${topic}-${index}`, version)
      if (errorCode !== errorCodes.NONE) return { errorCode, baseOffset: -1 }
    }
    if (header.hasProducerId) {
      const id = String(header.producerId)
      const { baseSequence: sequence, producerEpoch: epoch, lastOffsetDelta } = header
      let producer = partition.producers.get(id)
      if (producer !== undefined && epoch < producer.epoch) {
        return { errorCode: errorCodes.INVALID_PRODUCER_EPOCH, baseOffset: -1 }
      }
      if (producer === undefined) {
        // As Kafka: who is not known may begin with any number.
        producer = { epoch, next: sequence, last: [] }
        partition.producers.set(id, producer)
      } else if (epoch > producer.epoch) {
        if (sequence !== 0) return { errorCode: errorCodes.OUT_OF_ORDER_SEQUENCE_NUMBER, baseOffset: -1 }
        producer = { epoch, next: 0, last: [] }
        partition.producers.set(id, producer)
      }
      const again = producer.last.find(each => each.sequence === sequence)
      if (again !== undefined) return { errorCode: errorCodes.NONE, baseOffset: again.offset }
      if (sequence !== producer.next) return { errorCode: errorCodes.OUT_OF_ORDER_SEQUENCE_NUMBER, baseOffset: -1 }
      producer.next = sequence + lastOffsetDelta + 1
      producer.last = [...producer.last, { sequence, offset: baseOffset }].slice(-5)
    }
    stampBatch(header, { baseOffset, partitionLeaderEpoch: partition.epoch })
    partition.nextOffset += header.lastOffsetDelta + 1
    partition.batches.push({ baseOffset, nextOffset: partition.nextOffset, bytes })
    if (header.isTransactional) this.transactions.written(header, bytes)
    return { errorCode: errorCodes.NONE, baseOffset }
  }
}

class FakeBroker {
  readonly #host: Host
  readonly #cluster: FakeCluster
  readonly nodeId: number
  port = 0
  #listener: Listener | undefined
  readonly #sockets = new Set<Socket>()

  constructor(each: Host, cluster: FakeCluster, nodeId: number) {
    this.#host = each
    this.#cluster = cluster
    this.nodeId = nodeId
  }

  async listen(port: number): Promise<void> {
    this.port = port
    this.#listener = await this.#host.net.listen({ host, port }, socket => this.#onConnection(socket))
  }

  async kill(): Promise<void> {
    await this.#listener?.close()
    for (const socket of this.#sockets) socket.destroy()
  }

  #onConnection(socket: Socket): void {
    const reader = new FrameReader({ frameBytesMax: 100_000_000 })
    this.#sockets.add(socket)
    let last = Promise.resolve()
    socket.setHandler({
      onData: chunk => {
        reader.push(chunk)
        for (let frame = reader.next(); frame !== undefined; frame = reader.next()) {
          const whole = frame
          this.#cluster.arrived++
          // Answered in the order of their arrival, as Kafka does.
          last = last.then(() => this.#answer(socket, whole))
        }
      },
      onClose: () => this.#sockets.delete(socket),
    })
  }

  async #answer(socket: Socket, frame: Uint8Array): Promise<void> {
    const header = readRequestHeader(frame, { request: requestHeaderVersion, response: responseHeaderVersion })!
    const { apiKey, apiVersion, correlationId } = header
    const api = apis.get(apiKey)!
    const reply = (table: MessageTable, version: number, value: object) => {
      const chunks = encodeMessage(table, version, createMessage(table, value))
      const bytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0)
      socket.write([writeResponseHeader(correlationId, responseHeaderVersion(apiKey, version), bytes), ...chunks])
    }
    const versionMax = this.#cluster.apiVersionMax.get(apiKey) ?? api.stableVersionMax
    if (apiVersion > versionMax) {
      reply(apiVersionsResponse, 0, { errorCode: errorCodes.UNSUPPORTED_VERSION, apiKeys: this.#versions() })
      return
    }
    const body = decodeMessage(api.request, apiVersion, frame.subarray(header.headerBytes))
    const seen = { nodeId: this.nodeId, name: api.name, version: apiVersion, body, atMs: this.#host.clock.monotonic() }
    this.#cluster.seen.push(seen)
    const deed = this.#cluster.script(seen)
    // What comes after it on the connection is not answered either: answers keep the order.
    if (deed === 'deafness') socket.pause()
    if (deed === 'silence' || deed === 'deafness') return new Promise(() => {})
    if (deed === 'cut') {
      socket.destroy()
      return
    }
    const errorCode = typeof deed === 'object' && 'errorCode' in deed ? deed.errorCode : undefined
    const isScripted = typeof deed === 'object' && 'answer' in deed
    const answer = isScripted ? deed.answer : await this.#handle(api.name, apiVersion, body, errorCode)
    if (deed === 'cut after') socket.destroy()
    else if (answer !== undefined) reply(api.response, apiVersion, answer)
  }

  #versions() {
    return [...apis.values()]
      .map(({ key, versionMin, stableVersionMax }) => ({
        apiKey: key,
        minVersion: versionMin,
        maxVersion: this.#cluster.apiVersionMax.get(key) ?? stableVersionMax,
      }))
      .filter(({ minVersion, maxVersion }) => maxVersion >= minVersion)
      .filter(({ apiKey }) => this.#cluster.takesTelemetry || (apiKey !== 71 && apiKey !== 72))
  }

  async #handle(
    name: string,
    version: number,
    body: unknown,
    errorCode: number | undefined,
  ): Promise<object | undefined> {
    switch (name) {
      case 'ApiVersions': {
        const { clusterId, nodeId } = body as ApiVersionsRequest
        // As a broker of Kafka's: both or neither (KIP-1242).
        if ((clusterId === null) !== nodeId < 0) return { errorCode: errorCodes.INVALID_REQUEST }
        return { apiKeys: this.#versions(), finalizedFeatures: this.#cluster.features() }
      }
      case 'Metadata': {
        const { topics } = body as MessageOf<typeof metadataRequest>
        return (
          this.#cluster.staleMetadata ??
          this.#cluster.metadata(
            topics?.map(({ name, topicId }) => name ?? this.#cluster.topicById(topicId) ?? '') ?? null,
          )
        )
      }
      case 'FindCoordinator':
        return this.#findCoordinator(body as MessageOf<typeof findCoordinatorRequest>, errorCode)
      case 'ConsumerGroupHeartbeat':
      case 'JoinGroup':
      case 'SyncGroup':
      case 'Heartbeat':
      case 'LeaveGroup':
      case 'OffsetCommit':
      case 'OffsetFetch':
        return this.#coordinate(name, version, body, errorCode)
      case 'ShareGroupHeartbeat':
        return errorCode === undefined
          ? this.#cluster.shareGroups.heartbeat(body as ShareGroupHeartbeatRequest)
          : { errorCode }
      case 'ShareFetch':
        return errorCode === undefined
          ? this.#cluster.shareGroups.fetch(this.nodeId, body as ShareFetchRequest)
          : { errorCode }
      case 'ShareAcknowledge':
        return errorCode === undefined
          ? this.#cluster.shareGroups.acknowledge(this.nodeId, body as ShareAcknowledgeRequest)
          : { errorCode }
      case 'CreateTopics':
        return this.#createTopics(body, errorCode)
      case 'Produce':
        return this.#produce(body as MessageOf<typeof produceRequest>, version, errorCode)
      case 'Fetch':
        return this.#fetch(body as MessageOf<typeof fetchRequest>, version, errorCode)
      case 'OffsetForLeaderEpoch':
        return this.#epochEnds(body as OffsetForLeaderEpochRequest)
      case 'ListOffsets':
        return this.#listOffsets(body as MessageOf<typeof listOffsetsRequest>, errorCode)
      default: {
        const answer = this.#cluster.transactions.handle(name, version, body, errorCode)
        if (answer === undefined) throw new Error(`the fake broker does not serve ${name}`)
        return answer
      }
    }
  }

  /** What a coordinator answers; an error of the script, or that it is none, in place of it. */
  #coordinate(name: string, version: number, body: unknown, scripted: number | undefined): object | Promise<object> {
    const { groups } = this.#cluster
    const topicOf = (id: string) => this.#cluster.topicById(id) ?? ''
    const { groupId, groups: asked } = body as { groupId?: string; groups?: { groupId: string }[] }
    const isCoordinator = this.#cluster.coordinatorOf(groupId || (asked?.[0]?.groupId ?? ''))?.nodeId === this.nodeId
    const errorCode = scripted ?? (isCoordinator ? undefined : errorCodes.NOT_COORDINATOR)
    switch (name) {
      case 'OffsetCommit': {
        const request = body as OffsetCommitRequest
        if (errorCode === undefined) return groups.commit(request, topicOf)
        const refuse = ({ partitionIndex }: { partitionIndex: number }) => ({ partitionIndex, errorCode })
        return { topics: request.topics.map(each => ({ ...each, partitions: each.partitions.map(refuse) })) }
      }
      case 'OffsetFetch':
        if (errorCode === undefined) return groups.fetchOffsets(body as OffsetFetchRequest, topicOf)
        return { errorCode, groups: (asked ?? []).map(each => ({ groupId: each.groupId, errorCode })) }
      case 'ConsumerGroupHeartbeat':
        return errorCode === undefined ? groups.modern.heartbeat(body as ConsumerGroupHeartbeatRequest) : { errorCode }
      case 'JoinGroup':
        return errorCode === undefined ? groups.join(body as JoinGroupRequest, version) : { errorCode }
      case 'SyncGroup':
        return errorCode === undefined ? groups.sync(body as SyncGroupRequest) : { errorCode }
      case 'Heartbeat':
        return errorCode === undefined ? groups.heartbeat(body as HeartbeatRequest) : { errorCode }
      default:
        return errorCode === undefined ? groups.leave(body as LeaveGroupRequest) : { errorCode }
    }
  }

  #findCoordinator(
    { key, coordinatorKeys }: MessageOf<typeof findCoordinatorRequest>,
    errorCode: number | undefined,
  ): PartialMessage<typeof findCoordinatorResponse> {
    const answer = (each: string) => {
      const found = errorCode === undefined ? this.#cluster.coordinatorOf(each) : undefined
      if (found !== undefined) return { key: each, ...found, errorCode: 0, errorMessage: null }
      const code = errorCode ?? errorCodes.COORDINATOR_NOT_AVAILABLE
      return { key: each, nodeId: -1, host: '', port: -1, errorCode: code, errorMessage: 'no coordinator' }
    }
    if (coordinatorKeys.length > 0) return { coordinators: coordinatorKeys.map(answer) }
    const { key: _, ...one } = answer(key)
    return one
  }

  #createTopics(body: unknown, errorCode: number | undefined): PartialMessage<typeof createTopicsResponse> {
    const { topics } = body as { topics: { name: string; numPartitions: number }[] }
    if (errorCode === undefined) for (const topic of topics) this.#cluster.createTopic(topic.name, topic.numPartitions)
    return {
      topics: topics.map(topic => ({
        name: topic.name,
        errorCode: errorCode ?? 0,
        errorMessage: errorCode === undefined ? null : 'refused by the script',
      })),
    }
  }

  #topicOf(version: number, topic: { topicId: string; name?: string; topic?: string }): string {
    return version > 12 ? (this.#cluster.topicById(topic.topicId) ?? '') : (topic.name ?? topic.topic ?? '')
  }

  #produce(
    { topicData, acks }: MessageOf<typeof produceRequest>,
    version: number,
    errorCode: number | undefined,
  ): PartialMessage<typeof produceResponse> | undefined {
    const responses = topicData.map(topic => ({
      name: topic.name,
      topicId: topic.topicId,
      partitionResponses: topic.partitionData.map(({ index, records }) => ({
        index,
        ...(errorCode === undefined
          ? this.#cluster.append(this.nodeId, { topic: this.#topicOf(version, topic), index, version }, records!)
          : { errorCode, baseOffset: -1 }),
      })),
    }))
    return acks === 0 ? undefined : { responses }
  }

  /** Without sessions, and without waiting for `minBytes` unless there is nothing at all. */
  async #fetch(
    request: MessageOf<typeof fetchRequest>,
    version: number,
    errorCode: number | undefined,
  ): Promise<PartialMessage<typeof fetchResponse>> {
    const answer = () =>
      request.topics.map(topic => ({
        topic: topic.topic,
        topicId: topic.topicId,
        partitions: topic.partitions.map(
          ({ partition: index, fetchOffset, partitionMaxBytes, lastFetchedEpoch, currentLeaderEpoch }) => {
            const partition = this.#cluster.topics.get(this.#topicOf(version, topic))?.partitions[index]
            const refuse = (code: number) => ({ partitionIndex: index, errorCode: code, highWatermark: -1 })
            if (errorCode !== undefined) return refuse(errorCode)
            if (partition === undefined) return refuse(errorCodes.UNKNOWN_TOPIC_ID)
            if (partition.leader !== this.nodeId) return refuse(errorCodes.NOT_LEADER_OR_FOLLOWER)
            if (currentLeaderEpoch >= 0 && currentLeaderEpoch < partition.epoch)
              return refuse(errorCodes.FENCED_LEADER_EPOCH)
            const { batches, nextOffset, startOffset } = partition
            const marks = { highWatermark: nextOffset, lastStableOffset: nextOffset, logStartOffset: startOffset }
            const ends = { partitionIndex: index, ...marks }
            if (lastFetchedEpoch >= 0 && fetchOffset > nextOffset) {
              return { ...ends, divergingEpoch: { epoch: lastFetchedEpoch, endOffset: nextOffset }, records: null }
            }
            if (fetchOffset < startOffset || fetchOffset > nextOffset) return refuse(errorCodes.OFFSET_OUT_OF_RANGE)
            const found: Uint8Array[] = []
            let bytes = 0
            for (const batch of batches) {
              if (batch.nextOffset <= fetchOffset) continue
              if (found.length > 0 && bytes + batch.bytes.length > partitionMaxBytes) break
              found.push(batch.bytes)
              bytes += batch.bytes.length
            }
            return { ...ends, records: Buffer.concat(found) }
          },
        ),
      }))
    const isQuiet = (responses: ReturnType<typeof answer>) =>
      responses.every(({ partitions }) =>
        partitions.every(
          ({ errorCode: code, ...rest }: { errorCode?: number; records?: Uint8Array | null }) =>
            !code && rest.records?.length === 0,
        ),
      )
    const endMs = this.#host.clock.monotonic() + request.maxWaitMs
    let responses = answer()
    while (isQuiet(responses) && this.#host.clock.monotonic() < endMs) {
      await sleep(this.#host.clock, 10)
      responses = answer()
    }
    return { sessionId: 0, responses }
  }

  #epochEnds({ topics }: OffsetForLeaderEpochRequest): PartialMessage<typeof offsetForLeaderEpochResponse> {
    return {
      topics: topics.map(({ topic, partitions }) => ({
        topic,
        partitions: partitions.map(({ partition: index, leaderEpoch, currentLeaderEpoch }) => {
          const partition = this.#cluster.partition(topic, index)
          if (partition.leader !== this.nodeId)
            return { partition: index, errorCode: errorCodes.NOT_LEADER_OR_FOLLOWER }
          if (currentLeaderEpoch < partition.epoch)
            return { partition: index, errorCode: errorCodes.FENCED_LEADER_EPOCH }
          const epochOf = (bytes: Uint8Array) => new BatchHeader(bytes, 0).partitionLeaderEpoch
          const last = partition.batches.findLast(({ bytes }) => epochOf(bytes) <= leaderEpoch)
          return { partition: index, leaderEpoch, endOffset: last?.nextOffset ?? -1 }
        }),
      })),
    }
  }

  #listOffsets(
    { topics }: MessageOf<typeof listOffsetsRequest>,
    errorCode: number | undefined,
  ): PartialMessage<typeof listOffsetsResponse> {
    return {
      topics: topics.map(({ name, partitions }) => ({
        name,
        partitions: partitions.map(({ partitionIndex, timestamp }) => {
          const partition = this.#cluster.partition(name, partitionIndex)
          if (errorCode !== undefined) return { partitionIndex, errorCode }
          if (partition.leader !== this.nodeId) return { partitionIndex, errorCode: errorCodes.NOT_LEADER_OR_FOLLOWER }
          const offset = timestamp === -2 ? partition.startOffset : partition.nextOffset
          return { partitionIndex, errorCode: 0, offset: timestamp >= 0 ? -1 : offset }
        }),
      })),
    }
  }
}
