import { type Prng, seededPrng } from '@dorsale/base'
import {
  brokerRegistrationRequest,
  createMessage,
  errorCodes,
  featureDefinitions,
  type MetadataRecord,
  metadataRecord,
  ProtocolError,
} from '@dorsale/protocol'
import { BrokerSessions } from '../controller/broker-sessions.ts'
import type { ConfigTable } from '../controller/config-table.ts'
import type { ControllerContext } from '../controller/context.ts'
import { Controller } from '../controller/controller.ts'
import type { ControllerResult } from '../controller/result.ts'
import type { ControllerConfig } from '../controller/types.ts'
import { MetadataState } from '../metadata/state.ts'

export const clusterId = '5L6g3nShT-eMCtK--X86sw'

const supportedFeatures = [
  { name: 'metadata.version', minSupportedVersion: 7, maxSupportedVersion: 33 },
  ...featureDefinitions.map(({ name, levels }) => ({
    name,
    minSupportedVersion: 0,
    maxSupportedVersion: levels.at(-1)!.level,
  })),
]

export const testConfig: ControllerConfig = {
  nodeId: 1,
  partitionCountDefault: 1,
  replicationFactorDefault: 1,
  minInSyncReplicas: 1,
  brokerSessionTimeoutMs: 9000,
  idleIntervalMs: 0,
  topicDeletionEnabled: true,
  endpoints: [{ name: 'CONTROLLER', host: 'localhost', port: 9093, securityProtocol: 0 }],
  supportedFeatures,
}

/** Knows `retention.ms` (a number), `cleanup.policy` (a list), `min.insync.replicas` and nothing else. */
export const testConfigTable: ConfigTable = {
  validate(_resource, configs) {
    for (const [key, value] of configs) {
      if (!['retention.ms', 'cleanup.policy', 'min.insync.replicas'].includes(key)) {
        throw new ProtocolError(errorCodes.INVALID_CONFIG, `Unknown topic config name: ${key}`)
      }
      if (key === 'retention.ms' && !/^-?\d+$/.test(value)) {
        throw new ProtocolError(
          errorCodes.INVALID_CONFIG,
          `Invalid value ${value} for configuration retention.ms: Not a number of type LONG`,
        )
      }
    }
  },
  isList: (_resource, key) => key === 'cleanup.policy',
  defaultValue: (_resource, key) => (key === 'cleanup.policy' ? 'delete' : undefined),
  effectiveTopicConfigs: overrides => [
    {
      name: 'retention.ms',
      value: overrides.get('retention.ms') ?? '604800000',
      readOnly: false,
      configSource: overrides.has('retention.ms') ? 1 : 5,
      isSensitive: false,
    },
  ],
}

/** Levels of a newly formatted cluster. */
export const newestFeatures: ReadonlyMap<string, number> = new Map([
  ['metadata.version', 33],
  ['eligible.leader.replicas.version', 1],
  ['group.version', 1],
  ['transaction.version', 2],
])

/** A controller over a log that takes everything: each call's records are replayed at once. */
export class TestController {
  readonly metadata = new MetadataState()
  readonly sessions: BrokerSessions
  readonly controller: Controller
  /** Monotonic milliseconds. */
  now = 0
  /** Records of the last call. */
  records: readonly MetadataRecord[] = []

  constructor({
    config = {},
    features = newestFeatures,
    prng = seededPrng(1, 'controller'),
  }: {
    config?: Partial<ControllerConfig>
    features?: ReadonlyMap<string, number>
    prng?: Prng
  } = {}) {
    const settings = { ...testConfig, ...config }
    this.sessions = new BrokerSessions(settings.brokerSessionTimeoutMs)
    const context: ControllerContext = {
      clusterId,
      metadata: this.metadata,
      config: settings,
      configTable: testConfigTable,
      prng,
      sessions: this.sessions,
    }
    this.controller = new Controller(context)
    const levels = [...features].map(([name, featureLevel]) =>
      metadataRecord('FeatureLevelRecord', 0, { name, featureLevel }),
    )
    this.apply(levels)
  }

  run<Reply>(operation: (controller: Controller, now: number) => ControllerResult<Reply>): Reply {
    const { records, reply } = operation(this.controller, this.now)
    this.records = records
    this.apply(records)
    return reply
  }

  apply(records: readonly MetadataRecord[]): void {
    if (records.length > 0) this.metadata.replayBatch(records, this.metadata.offset + records.length, 1)
  }

  /** Registers a broker and unfences it; answers its epoch. */
  addBroker(brokerId: number, options: { rack?: string | null; logDirs?: string[]; unfenced?: boolean } = {}): number {
    const { brokerEpoch } = this.register(brokerId, options)
    if (options.unfenced ?? true) this.heartbeat(brokerId, brokerEpoch)
    return brokerEpoch
  }

  register(
    brokerId: number,
    options: { rack?: string | null; logDirs?: string[]; incarnationId?: string; previousBrokerEpoch?: number } = {},
  ) {
    const request = createMessage(brokerRegistrationRequest, {
      brokerId,
      clusterId,
      incarnationId: options.incarnationId ?? directoryOf(100 + brokerId),
      listeners: [{ name: 'PLAINTEXT', host: 'localhost', port: 9092 + brokerId, securityProtocol: 0 }],
      features: supportedFeatures.map(feature => ({ ...feature })),
      rack: options.rack ?? null,
      logDirs: options.logDirs ?? [directoryOf(brokerId)],
      previousBrokerEpoch: options.previousBrokerEpoch ?? -1,
    })
    return this.run((controller, now) => controller.registerBroker(request, now))
  }

  heartbeat(
    brokerId: number,
    brokerEpoch: number,
    wants: { wantFence?: boolean; wantShutDown?: boolean; offlineLogDirs?: string[]; cordonedLogDirs?: string[] } = {},
  ) {
    const request = {
      brokerId,
      brokerEpoch,
      currentMetadataOffset: this.metadata.offset,
      wantFence: wants.wantFence ?? false,
      wantShutDown: wants.wantShutDown ?? false,
      offlineLogDirs: wants.offlineLogDirs ?? [],
      cordonedLogDirs: wants.cordonedLogDirs ?? null,
    }
    return this.run((controller, now) => controller.brokerHeartbeat(request, now))
  }

  /** The records of the last call, as one line each: type, and the fields that say something. */
  get story(): string[] {
    return this.records.map(({ type, value }) => {
      const told = Object.entries(value).filter(
        ([name, field]) => field !== null && !['topicId', 'unknownTaggedFields'].includes(name),
      )
      return `${type} ${told.map(([name, field]) => `${name}=${JSON.stringify(field)}`).join(' ')}`
    })
  }
}

/** A directory id that tells its number: not random, so that expectations can name it. */
export function directoryOf(number: number): string {
  return Buffer.from(`directory ${String(number).padStart(6, '0')}`).toString('base64url')
}
