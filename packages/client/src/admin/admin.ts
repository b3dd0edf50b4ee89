import { ConfigError } from '@dorsale/base'
import { type AdminConfig, adminTable } from '../config/admin-config.ts'
import { loadSettings, type SettingsOf } from '../config/settings.ts'
import { clientMetrics } from '../metrics/client-metrics.ts'
import type { KafkaMetric, MetricName } from '../metrics/metrics.ts'
import { requireOptions } from '../misuse.ts'
import { type Address, parseBootstrapServers } from '../network/addresses.ts'
import { Cluster } from '../network/cluster.ts'
import { connectionConfig } from '../network/connection-config.ts'
import { TelemetryReporter } from '../telemetry/telemetry-reporter.ts'
import type { ClientWorld } from '../world.ts'
import { type AclAdmin, aclAdmin } from './acls.ts'
import { AdminCore } from './admin-core.ts'
import { type ClusterAdmin, clusterAdmin } from './cluster-admin.ts'
import { type ConfigAdmin, configAdmin } from './configs.ts'
import { type DelegationTokenAdmin, delegationTokenAdmin } from './delegation-tokens.ts'
import { type DescribeTopicsAdmin, describeTopicsAdmin } from './describe-topics.ts'
import { type FeatureAdmin, featureAdmin } from './features.ts'
import { type GroupDescriptionAdmin, groupDescriptionAdmin } from './group-description.ts'
import { type GroupListingAdmin, groupListingAdmin } from './group-listing.ts'
import { type GroupMemberAdmin, groupMemberAdmin } from './group-members.ts'
import { type GroupOffsetAdmin, groupOffsetAdmin } from './group-offsets.ts'
import { type LogDirAdmin, logDirAdmin } from './log-dirs.ts'
import { type OffsetAdmin, offsetAdmin } from './offsets.ts'
import { type ProducerAdmin, producerAdmin } from './producers.ts'
import { type QuorumAdmin, quorumAdmin } from './quorum.ts'
import { type QuotaAdmin, quotaAdmin } from './quotas.ts'
import { type ReplicaAdmin, replicaAdmin } from './replicas.ts'
import { type ScramCredentialAdmin, scramCredentialAdmin } from './scram-credentials.ts'
import { type ShareGroupAdmin, shareGroupAdmin } from './share-groups.ts'
import { type StreamsGroupAdmin, streamsGroupAdmin } from './streams-groups.ts'
import { type TelemetryAdmin, telemetryAdmin } from './telemetry.ts'
import { type TopicAdmin, topicAdmin } from './topics.ts'
import { type TransactionAdmin, transactionAdmin } from './transactions.ts'

/** Settings of an admin client, under Kafka's keys. */
export type AdminSettings = SettingsOf<typeof adminTable>

/** What `createAdmin` makes an admin client of. */
export interface AdminOptions {
  readonly world: ClientWorld
  readonly settings: AdminSettings
}

/**
 * Kafka's administration, call by call under the names of Kafka's own client, one interface for each family. A call is tried again until it is answered or
 * `default.api.timeout.ms` have passed. Calls about several things answer `Itemized`: awaited, they give every value or throw the first refusal, a `ProtocolError`
 * with the broker's own sentence; `outcomes()` tells each thing's own.
 */
export interface Admin
  extends TopicAdmin,
    DescribeTopicsAdmin,
    ClusterAdmin,
    ConfigAdmin,
    OffsetAdmin,
    GroupListingAdmin,
    GroupDescriptionAdmin,
    GroupOffsetAdmin,
    LogDirAdmin,
    QuorumAdmin,
    FeatureAdmin,
    ReplicaAdmin,
    ProducerAdmin,
    AclAdmin,
    DelegationTokenAdmin,
    QuotaAdmin,
    TransactionAdmin,
    ShareGroupAdmin,
    StreamsGroupAdmin,
    ScramCredentialAdmin,
    TelemetryAdmin,
    GroupMemberAdmin {
  /** What the client counts and measures of itself, under the names of Kafka's own client: a view that goes on with it. `findMetric` looks a name up. */
  metrics(): ReadonlyMap<MetricName, KafkaMetric>
  /** Closes the connections; calls under way fail with `DORSALE_CLOSED`. Idempotent. */
  close(): Promise<void>
}

/** Opens an admin client. Throws a `ConfigError` with every problem of the settings; connects with the first call. */
export function createAdmin(options: AdminOptions): Admin {
  requireOptions(options, 'createAdmin')
  const { world } = options
  const config: AdminConfig = loadSettings(adminTable, options.settings, world.logger)
  const connection = connectionConfig(config, world)
  const { metrics, connections } = clientMetrics(world, 'admin-client', config)
  const cluster = new Cluster({
    world,
    config: connection,
    ...bootstrapOf(config),
    inFlightMax,
    allowAutoTopicCreation: false,
    metrics: connections,
    onChange: () => telemetry.wake(),
  })
  const telemetry = new TelemetryReporter({
    world,
    cluster,
    metrics,
    isEnabled: config['enable.metrics.push'],
    requestTimeoutMs: connection.requestTimeoutMs,
    labels: () => ({}),
  })
  const apiTimeoutMs = config['default.api.timeout.ms']
  const core = new AdminCore({
    world,
    cluster,
    requestTimeoutMs: connection.requestTimeoutMs,
    apiTimeoutMs,
    retries: config.retries,
    retryBackoff: connection.retryBackoff,
  })
  const configs = configAdmin(core)
  const groupOffsets = groupOffsetAdmin(core)
  const groupDescriptions = groupDescriptionAdmin(core)
  return {
    ...topicAdmin(core),
    ...describeTopicsAdmin(core),
    ...clusterAdmin(core),
    ...configs,
    ...offsetAdmin(core),
    ...groupListingAdmin(core),
    ...groupDescriptions,
    ...groupOffsets,
    ...groupMemberAdmin(core, groupDescriptions),
    ...logDirAdmin(core),
    ...quorumAdmin(core),
    ...featureAdmin(core),
    ...replicaAdmin(core),
    ...producerAdmin(core),
    ...aclAdmin(core),
    ...delegationTokenAdmin(core),
    ...quotaAdmin(core),
    ...transactionAdmin(core),
    ...shareGroupAdmin(core),
    ...streamsGroupAdmin(core, groupOffsets),
    ...scramCredentialAdmin(core, world),
    ...telemetryAdmin(telemetry, configs, { apiTimeoutMs }),
    metrics: () => metrics.all,
    async close() {
      await telemetry.close()
      cluster.close()
    },
  }
}

/** Where to begin, and whether that is among the controllers. Throws a `ConfigError` unless one of the two keys is set. */
function bootstrapOf(config: AdminConfig): { bootstrap: Address[]; asksControllers: boolean } {
  const servers = config['bootstrap.servers']
  const key = 'bootstrap.controllers'
  const controllers = config[key]
  if (controllers.length === 0) return { bootstrap: parseBootstrapServers(servers), asksControllers: false }
  if (servers.length > 0)
    throw new ConfigError([{ key, message: `bootstrap.servers and ${key} cannot both be set: one of them is asked` }])
  return { bootstrap: parseBootstrapServers(controllers, key), asksControllers: true }
}

/** Requests under way to one broker. */
const inFlightMax = 100
