/**
 * Brokers: registering, heartbeats, fencing.
 *
 * ```
 *                      heartbeat, caught up                     wants to shut down
 *   registered: FENCED ---------------------> UNFENCED ------------------------------> CONTROLLED SHUTDOWN
 *                 ^                              |  session over                            | nothing led, others have seen it
 *                 +------------------------------+------------------------------------------+  (fenced: "shut down now")
 * ```
 */
import {
  type BrokerHeartbeatRequest,
  type BrokerHeartbeatResponse,
  type BrokerRegistrationRequest,
  type BrokerRegistrationResponse,
  brokerHeartbeatResponse,
  brokerRegistrationResponse,
  createMessage,
  errorCodes,
  isReservedDirectoryId,
  type MetadataRecord,
  metadataRecord,
  metadataVersionFeature,
  metadataVersions,
  ProtocolError,
  type UnregisterBrokerRequest,
  type UnregisterBrokerResponse,
  unregisterBrokerResponse,
} from '@dorsale/protocol'
import type { BrokerImage } from '../metadata/image.ts'
import type { ControllerContext } from './context.ts'
import { leadsSomething, partitionChangeRecordOf, partitionChangesFor } from './partitions.ts'
import { registerBrokerVersion } from './record-versions.ts'
import type { ControllerResult } from './result.ts'

/** Registers an incarnation of a broker, fenced. The broker epoch is the offset at which the batch with its registration begins. */
export function registerBroker(
  context: ControllerContext,
  request: BrokerRegistrationRequest,
  now: number,
): ControllerResult<BrokerRegistrationResponse> {
  if (request.clusterId !== context.clusterId) {
    throw new ProtocolError(
      errorCodes.INCONSISTENT_CLUSTER_ID,
      `Expected cluster ID ${context.clusterId}, but got cluster ID ${request.clusterId}`,
    )
  }
  const existing = context.metadata.brokers.get(request.brokerId)
  checkNotAlive(context, request, existing, now)
  if (request.isMigratingZkBroker) {
    throw new ProtocolError(errorCodes.BROKER_ID_NOT_REGISTERED, 'Controller does not support registering ZK brokers.')
  }
  checkDirectories(context, request)
  checkFeatures(context, request)

  const records: MetadataRecord[] = []
  const sameIncarnation = existing !== undefined && existing.incarnationId === request.incarnationId
  if (existing !== undefined && !sameIncarnation) {
    // A broker that stopped in good order knows the epoch it had; one that does not may have lost what it had not synced.
    const stoppedCleanly = request.previousBrokerEpoch === existing.epoch
    const move = stoppedCleanly ? { removed: existing.id } : { uncleanShutdown: existing.id }
    records.push(...partitionChangesFor(context, move))
  }
  const brokerEpoch = sameIncarnation ? existing.epoch : context.metadata.offset + 1
  const version = registerBrokerVersion(context.metadata.metadataVersion)
  records.push(
    metadataRecord('RegisterBrokerRecord', version, {
      brokerId: request.brokerId,
      incarnationId: request.incarnationId,
      brokerEpoch,
      endPoints: request.listeners,
      features: request.features,
      rack: request.rack,
      fenced: sameIncarnation ? existing.fenced : true,
      inControlledShutdown: sameIncarnation ? existing.inControlledShutdown : false,
      logDirs: context.metadata.metadataVersion < metadataVersions.directoryAssignment ? [] : request.logDirs,
    }),
  )
  context.sessions.forget(request.brokerId)
  context.sessions.touch(request.brokerId, { epoch: brokerEpoch, metadataOffset: -1 }, now)
  return { records, reply: createMessage(brokerRegistrationResponse, { brokerEpoch }) }
}

/**
 * Another process may be running under this id while its session lasts. Not so for this node's own broker: it shares our process, whose
 * predecessor is dead, or we would not hold the lock on the directory; so a restart need not wait for the session to run out.
 */
function checkNotAlive(
  context: ControllerContext,
  request: BrokerRegistrationRequest,
  existing: BrokerImage | undefined,
  now: number,
): void {
  if (existing === undefined || existing.incarnationId === request.incarnationId || existing.inControlledShutdown)
    return
  if (request.brokerId === context.config.nodeId) return
  if (!context.sessions.isLive(existing.id, existing.epoch, now)) return
  throw new ProtocolError(
    errorCodes.DUPLICATE_BROKER_REGISTRATION,
    "Another broker is registered with that broker id. If the broker was recently restarted this should self-resolve once the heartbeat manager expires the broker's session.",
  )
}

function checkDirectories(context: ControllerContext, request: BrokerRegistrationRequest): void {
  if (context.metadata.metadataVersion < metadataVersions.directoryAssignment) return
  const invalid = (message: string): ProtocolError => new ProtocolError(errorCodes.INVALID_REGISTRATION, message)
  if (request.logDirs.length === 0) throw invalid('No directories specified in request')
  if (request.logDirs.some(isReservedDirectoryId)) throw invalid('Reserved directory ID in request')
  if (new Set(request.logDirs).size !== request.logDirs.length) throw invalid('Duplicate directory ID in request')
  for (const other of context.metadata.brokers.values()) {
    if (other.id === request.brokerId) continue
    const shared = other.logDirs.find(id => request.logDirs.includes(id))
    if (shared !== undefined) throw invalid(`Broker ${other.id} is already registered with directory ${shared}`)
  }
}

function checkFeatures(context: ControllerContext, request: BrokerRegistrationRequest): void {
  if (!request.features.some(feature => feature.name === metadataVersionFeature)) {
    throw new ProtocolError(
      errorCodes.INVALID_REGISTRATION,
      `Request features do not contain '${metadataVersionFeature}'`,
    )
  }
  for (const [name, level] of context.metadata.features) {
    const range = request.features.find(feature => feature.name === name)
    const least = range?.minSupportedVersion ?? 0
    const most = range?.maxSupportedVersion ?? 0
    if (level < least || level > most) {
      throw new ProtocolError(
        errorCodes.UNSUPPORTED_VERSION,
        `Unable to register because the broker does not support finalized version ${level} of ${name}. The broker wants a version between ${least} and ${most}, inclusive.`,
      )
    }
  }
}

/** A broker says that it lives, how much metadata it has seen, and what it wants to be. */
export function brokerHeartbeat(
  context: ControllerContext,
  request: BrokerHeartbeatRequest,
  now: number,
): ControllerResult<BrokerHeartbeatResponse> {
  const broker = checkBrokerEpoch(context, request.brokerId, request.brokerEpoch)
  const records: MetadataRecord[] = []
  const next = nextState(context, broker, request)
  // Where the records of this answer will stand.
  const offset = context.metadata.offset + 1
  switch (next) {
    case 'same':
      break
    case 'unfenced':
      records.push(brokerChange(broker, 0, { fenced: -1 }), ...partitionChangesFor(context, { added: broker.id }))
      break
    case 'fenced':
    case 'shut-down-now':
      if (!broker.fenced) records.push(...fenceRecords(context, broker))
      break
    case 'controlled-shutdown':
      if (!broker.inControlledShutdown) {
        records.push(brokerChange(broker, 1, { inControlledShutdown: 1 }))
        records.push(...partitionChangesFor(context, { removed: broker.id }))
      }
      break
  }
  context.sessions.touch(broker.id, { epoch: broker.epoch, metadataOffset: request.currentMetadataOffset }, now)
  if (next === 'controlled-shutdown' && !broker.inControlledShutdown) context.sessions.beginShutdown(broker.id, offset)
  records.push(...offlineDirectoryRecords(context, broker, request.offlineLogDirs))
  records.push(...cordonRecords(context, broker, request.cordonedLogDirs))
  return {
    records,
    reply: createMessage(brokerHeartbeatResponse, {
      isCaughtUp: request.currentMetadataOffset >= broker.epoch,
      isFenced: next === 'same' ? broker.fenced : next === 'fenced' || next === 'shut-down-now',
      shouldShutDown: next === 'shut-down-now',
    }),
  }
}

type NextState = 'same' | 'fenced' | 'unfenced' | 'controlled-shutdown' | 'shut-down-now'

function nextState(context: ControllerContext, broker: BrokerImage, request: BrokerHeartbeatRequest): NextState {
  if (broker.fenced) {
    if (request.wantShutDown) return 'shut-down-now'
    // It must have seen its own registration, or it would serve with metadata of its former life.
    return !request.wantFence && request.currentMetadataOffset >= broker.epoch ? 'unfenced' : 'same'
  }
  if (broker.inControlledShutdown) {
    const othersKnow = context.sessions.shutdownOffset(broker.id) <= context.sessions.lowestMetadataOffset(broker.id)
    return leadsSomething(context, broker.id) || !othersKnow ? 'controlled-shutdown' : 'shut-down-now'
  }
  if (request.wantFence) return 'fenced'
  if (request.wantShutDown) return leadsSomething(context, broker.id) ? 'controlled-shutdown' : 'shut-down-now'
  return 'same'
}

/**
 * Records for the broker that has been silent the longest beyond its session; none when all have been heard of. This node's own broker is
 * not among them: it shares our process, so that while we can look it lives.
 */
export function fenceStaleBroker(context: ControllerContext, now: number): ControllerResult<number | undefined> {
  const id = context.sessions.stalest(now, context.config.nodeId)
  if (id === undefined) return { records: [], reply: undefined }
  context.sessions.forget(id)
  const broker = context.metadata.brokers.get(id)
  if (broker === undefined || broker.fenced) return { records: [], reply: undefined }
  return { records: fenceRecords(context, broker), reply: id }
}

/** Takes a broker off the cluster's books. */
export function unregisterBroker(
  context: ControllerContext,
  request: UnregisterBrokerRequest,
): ControllerResult<UnregisterBrokerResponse> {
  const broker = context.metadata.brokers.get(request.brokerId)
  if (broker === undefined) {
    throw new ProtocolError(
      errorCodes.BROKER_ID_NOT_REGISTERED,
      `Broker ID ${request.brokerId} is not currently registered`,
    )
  }
  context.sessions.forget(broker.id)
  const records = partitionChangesFor(context, { removed: broker.id })
  records.push(metadataRecord('UnregisterBrokerRecord', 0, { brokerId: broker.id, brokerEpoch: broker.epoch }))
  return { records, reply: createMessage(unregisterBrokerResponse) }
}

/** The broker that a request claims to come from. Throws STALE_BROKER_EPOCH when that incarnation is over. */
export function checkBrokerEpoch(context: ControllerContext, brokerId: number, brokerEpoch: number): BrokerImage {
  const broker = context.metadata.brokers.get(brokerId)
  if (broker === undefined) {
    throw new ProtocolError(errorCodes.STALE_BROKER_EPOCH, `No broker registration found for broker id ${brokerId}`)
  }
  if (broker.epoch !== brokerEpoch) {
    throw new ProtocolError(
      errorCodes.STALE_BROKER_EPOCH,
      `Expected broker epoch ${broker.epoch}, but got broker epoch ${brokerEpoch}`,
    )
  }
  return broker
}

function fenceRecords(context: ControllerContext, broker: BrokerImage): MetadataRecord[] {
  return [...partitionChangesFor(context, { removed: broker.id }), brokerChange(broker, 0, { fenced: 1 })]
}

function offlineDirectoryRecords(
  context: ControllerContext,
  broker: BrokerImage,
  offline: readonly string[],
): MetadataRecord[] {
  const online = broker.logDirs.filter(id => !offline.includes(id))
  if (online.length === broker.logDirs.length) return []
  const records: MetadataRecord[] = [brokerChange(broker, 2, { logDirs: online })]
  for (const topic of context.metadata.topicsByName.values()) {
    topic.partitions.forEach((partition, partitionId) => {
      const place = partition.replicas.indexOf(broker.id)
      if (place < 0 || !offline.includes(partition.directories[place]!)) return
      const isr = partition.isr.filter(id => id !== broker.id)
      const record = partitionChangeRecordOf(
        context,
        { topic, partitionId },
        { isr },
        id => id !== broker.id && !(context.metadata.brokers.get(id)?.fenced ?? true),
      )
      if (record !== undefined) records.push(record)
    })
  }
  return records
}

function cordonRecords(
  context: ControllerContext,
  broker: BrokerImage,
  cordoned: readonly string[] | null,
): MetadataRecord[] {
  if (cordoned === null || context.metadata.metadataVersion < metadataVersions.cordonedLogDirs) return []
  const known = broker.cordonedLogDirs
  if (known !== null && known.length === cordoned.length && cordoned.every(id => known.includes(id))) return []
  return [brokerChange(broker, 3, { cordonedLogDirs: [...cordoned] })]
}

/** A change of a registration, in the lowest version that can say it, as Kafka writes it. */
function brokerChange(
  broker: BrokerImage,
  version: number,
  change: { fenced?: number; inControlledShutdown?: number; logDirs?: string[]; cordonedLogDirs?: string[] },
): MetadataRecord {
  return metadataRecord('BrokerRegistrationChangeRecord', version, {
    brokerId: broker.id,
    brokerEpoch: broker.epoch,
    ...change,
  })
}
