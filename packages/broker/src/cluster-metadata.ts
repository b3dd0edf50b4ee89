import { DorsaleError, sleep } from '@dorsale/base'
import { createMetadataNode, type EndpointImage, type MetadataNode, metadataRecordSerde } from '@dorsale/coordinate'
import type { MetadataRecord } from '@dorsale/protocol'
import { type LoadedStorage, openRaft, type QuorumView, type RaftNode } from '@dorsale/raft'
import type { BrokerOptions } from './broker.ts'
import { type BrokerConfig, type Endpoint, raftConfigOf } from './config/index.ts'
import { controllerConfigTable } from './controller-config.ts'
import { supportedFeatures } from './features.ts'

/** The node's share of the cluster's metadata: the log, and the image and controller above it. */
export interface ClusterMetadata {
  readonly node: MetadataNode
  /** The voters of the log and how far they are. */
  readonly quorum: () => QuorumView
  close(): Promise<void>
}

/** Opens the metadata log; resolves when this node, its only voter, is the active controller and has seen all that was committed. */
export async function openClusterMetadata(
  options: BrokerOptions,
  storage: LoadedStorage,
  onHalt: (error: DorsaleError) => void,
): Promise<ClusterMetadata> {
  const { clock, prng, disk, logger, config } = options
  const { clusterId, metadataDirectory } = storage
  let halted: DorsaleError | undefined
  const node = createMetadataNode({
    clusterId,
    clock,
    prng,
    logger,
    config: controllerConfigOf(config),
    configTable: controllerConfigTable(config),
    onHalt: error => {
      halted = error
      onHalt(error)
    },
  })
  const raft: RaftNode<MetadataRecord> = await openRaft({
    disk,
    clock,
    prng,
    logger,
    logDirectory: metadataDirectory.path,
    nodeId: config.nodeId,
    directoryId: metadataDirectory.id,
    clusterId,
    endpoints: config.controllerListeners.map(({ listenerName, host, port }) => ({ name: listenerName, host, port })),
    serde: metadataRecordSerde,
    listener: node.listener,
    config: raftConfigOf(config.values),
  })
  const close = async (): Promise<void> => {
    node.close()
    await raft.close()
  }
  const deadlineMs = clock.monotonic() + leaderWaitMsMax
  while (node.controllerId !== config.nodeId) {
    if (halted !== undefined || clock.monotonic() > deadlineMs) {
      await close()
      throw halted ?? new DorsaleError('DORSALE_NO_CONTROLLER', noLeaderText)
    }
    await sleep(clock, leaderCheckMs)
  }
  return { node, quorum: () => raft.quorum, close }
}

function controllerConfigOf(config: BrokerConfig) {
  const { values } = config
  return {
    nodeId: config.nodeId,
    partitionCountDefault: values['num.partitions'],
    replicationFactorDefault: values['default.replication.factor'],
    minInSyncReplicas: values['min.insync.replicas'],
    brokerSessionTimeoutMs: values['broker.session.timeout.ms'],
    idleIntervalMs: values['metadata.max.idle.interval.ms'],
    topicDeletionEnabled: values['delete.topic.enable'],
    endpoints: config.controllerListeners.map(endpointImageOf),
    supportedFeatures: supportedFeatures(),
  }
}

/** A listener as the cluster's metadata names it. */
export function endpointImageOf({ listenerName, host, port, securityProtocol }: Endpoint): EndpointImage {
  return { name: listenerName, host, port, securityProtocol: securityProtocolNumbers.indexOf(securityProtocol) }
}

/** Kafka's numbers are the positions. */
const securityProtocolNumbers: readonly string[] = ['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL']
const leaderCheckMs = 1
/** An only voter elects itself at once; whoever waits so long is not alone in its voter set. */
const leaderWaitMsMax = 30_000
const noLeaderText = `This node did not become the active controller within ${leaderWaitMsMax / 1000} seconds. Only a quorum of one voter is served.`
