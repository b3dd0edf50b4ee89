import type { Clock, Logger, LogLevels, Prng } from '@dorsale/base'
import type { MetadataImage, MetadataNode } from '@dorsale/coordinate'
import type { QuorumView } from '@dorsale/raft'
import type { LogManager } from '@dorsale/storage'
import type { BrokerConfig } from './config/index.ts'
import type { GroupCoordinator } from './coordinators/group-coordinator.ts'
import type { ShareCoordinator } from './coordinators/share-coordinator.ts'
import type { TransactionCoordinator } from './coordinators/transaction-coordinator.ts'
import type { TransactionGate } from './coordinators/transaction-gate.ts'
import type { TransactionMarkers } from './coordinators/transaction-markers.ts'
import type { DynamicConfig } from './dynamic-config.ts'
import type { Endpoints } from './endpoints.ts'
import type { FetchSessions } from './fetch-sessions.ts'
import type { ProducerIds } from './producer-ids.ts'
import type { Purgatory } from './purgatory.ts'
import type { Quotas } from './quotas/quotas.ts'
import type { Replicas } from './replicas.ts'
import type { ReplyBudget } from './reply-budget.ts'
import type { Authorizer } from './security/authorizer.ts'
import type { Doors } from './security/doors.ts'
import type { ShareGroups } from './share/share-groups.ts'
import type { ShareStatePersister } from './share/share-state-persister.ts'
import type { ClientTelemetry } from './telemetry/client-telemetry.ts'
import type { TopicConfigs } from './topic-configs.ts'

/** What the API handlers share: one per broker, made by `startBroker`. */
export interface BrokerCore {
  readonly nodeId: number
  readonly clusterId: string
  readonly clock: Clock
  readonly prng: Prng
  readonly logger: Logger
  /** Undefined: whoever made the logger does not let it be changed. */
  readonly logLevels: LogLevels | undefined
  /** As the process was started. What may change while it runs is read from `dynamicConfig`. */
  readonly config: BrokerConfig
  readonly dynamicConfig: DynamicConfig
  /** What each topic obeys. */
  readonly topicConfigs: TopicConfigs
  /** Submits to the active controller, and tells who that is. */
  readonly metadata: MetadataNode
  /** Committed cluster metadata. */
  readonly image: MetadataImage
  /** The metadata log's voters and how far they are. */
  readonly quorum: () => QuorumView
  readonly endpoints: Endpoints
  readonly replicas: Replicas
  /** The log directories and all that lies in them; partitions are reached by `replicas`. */
  readonly logs: LogManager
  readonly purgatory: Purgatory
  readonly fetchSessions: FetchSessions
  readonly producerIds: ProducerIds
  readonly groups: GroupCoordinator
  readonly transactions: TransactionCoordinator
  readonly shareStates: ShareCoordinator
  readonly sharePersister: ShareStatePersister
  readonly shareGroups: ShareGroups
  readonly transactionGate: TransactionGate
  readonly transactionMarkers: TransactionMarkers
  readonly quotas: Quotas
  /** Undefined: everybody may do everything. */
  readonly authorizer: Authorizer | undefined
  /** Undefined: no listener asks for TLS or SASL. */
  readonly doors: Pick<Doors, 'tlsProblem'> | undefined
  /** Undefined: nobody takes the metrics of clients. */
  readonly telemetry: ClientTelemetry | undefined
  /** Key and versions of each API that this broker serves. */
  readonly servedApis: readonly ServedApi[]
  readonly replyBudget: ReplyBudget
}

export interface ServedApi {
  readonly apiKey: number
  readonly minVersion: number
  readonly maxVersion: number
}
