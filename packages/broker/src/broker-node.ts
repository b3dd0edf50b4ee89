import { type MemoryUse, TimerWheel } from '@dorsale/base'
import type { MetadataNode } from '@dorsale/coordinate'
import { type LoadedStorage, loadStorage, type QuorumView } from '@dorsale/raft'
import { type LogDirectory, type LogManager, openLogManager } from '@dorsale/storage'
import { type BoundListener, FrameServer } from '@dorsale/transport'
import { telemetryApis } from './apis/71-client-telemetry.ts'
import { apiHandlers } from './apis/index.ts'
import type { Broker, BrokerOptions } from './broker.ts'
import { openClusterMetadata } from './cluster-metadata.ts'
import { logManagerConfigOf, resolveTopicConfig } from './config/index.ts'
import type { ControllerListenersOptions } from './controller-listeners.ts'
import { GroupCoordinator } from './coordinators/group-coordinator.ts'
import { ShareCoordinator, shareStateTopic } from './coordinators/share-coordinator.ts'
import { TransactionCoordinator } from './coordinators/transaction-coordinator.ts'
import { TransactionGate } from './coordinators/transaction-gate.ts'
import { TransactionMarkers } from './coordinators/transaction-markers.ts'
import { isCordoned } from './cordoned-directories.ts'
import type { BrokerCore } from './core.ts'
import { DirectoryAssignments } from './directory-assignments.ts'
import { Dispatcher, servedApis } from './dispatch.ts'
import { DynamicConfig } from './dynamic-config.ts'
import { Endpoints } from './endpoints.ts'
import { supportedFeatures } from './features.ts'
import { FetchSessions } from './fetch-sessions.ts'
import { Lifecycle } from './lifecycle.ts'
import { bindEndpoints, registeredEndpoints, replyBytesMax, serverLimitsOf } from './listeners.ts'
import { memoryUseOf } from './memory-use.ts'
import { ProducerIds } from './producer-ids.ts'
import { Purgatory } from './purgatory.ts'
import { MoveQuota } from './quotas/move-quota.ts'
import { Quotas } from './quotas/quotas.ts'
import { Replicas } from './replicas.ts'
import { ReplyBudget } from './reply-budget.ts'
import type { Authorizer } from './security/authorizer.ts'
import type { Doors } from './security/doors.ts'
import { ShareGroupSettings } from './share/share-group-settings.ts'
import { ShareGroups } from './share/share-groups.ts'
import { ShareStatePersister } from './share/share-state-persister.ts'
import { ClientTelemetry } from './telemetry/client-telemetry.ts'
import { TopicConfigs } from './topic-configs.ts'
import { autoCreateTopics } from './topic-creation.ts'

/**
 * A broker's parts, in the order in which they come up and, backwards, go down:
 *
 *     logs (their directories locked) -> metadata log, controller -> partitions -> sockets bound -> registered, unfenced -> serving
 */
export class BrokerNode implements Broker {
  readonly #options: BrokerOptions
  /** Undoes what has been started, last first. */
  readonly #undo: (() => Promise<void> | void)[] = []
  #clusterId = ''
  /** Broker epoch that has ended in good order: left with the logs, for the next registration to name. */
  #stoppedEpoch = -1
  #listeners: readonly BoundListener[] = []
  #controllerListeners: readonly BoundListener[] = []
  #dynamicConfig: DynamicConfig | undefined
  #topicConfigs: TopicConfigs | undefined
  #assignments: DirectoryAssignments | undefined
  #replicas: Replicas | undefined
  #lifecycle: Lifecycle | undefined
  #doors: Doors | undefined
  #fatal: Error | undefined
  #onFatal: ((error: Error) => void) | undefined
  /** What else a failed directory concerns, once it is there. */
  #onDirectoryOffline: ((directory: LogDirectory) => void) | undefined
  #stopped: Promise<void> | undefined
  #memoryUse: () => readonly MemoryUse[] = () => []

  constructor(options: BrokerOptions) {
    this.#options = options
  }

  get nodeId(): number {
    return this.#options.config.nodeId
  }

  get clusterId(): string {
    return this.#clusterId
  }

  get listeners(): readonly BoundListener[] {
    return this.#listeners
  }

  get controllerListeners(): readonly BoundListener[] {
    return this.#controllerListeners
  }

  onFatal(callback: (error: Error) => void): void {
    this.#onFatal = callback
    if (this.#fatal !== undefined) callback(this.#fatal)
  }

  memoryUse(): readonly MemoryUse[] {
    return this.#memoryUse()
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop()
    return this.#stopped
  }

  async start(): Promise<void> {
    const { clock, disk, logger, config } = this.#options
    const storage = loadStorage({
      disk,
      directories: config.logDirectories,
      metadataDirectory: config.metadataDirectory,
      nodeId: this.nodeId,
    })
    this.#clusterId = storage.clusterId
    const logs = await this.#openLogs(storage)
    const cluster = await openClusterMetadata(this.#options, storage, error => this.#die(error))
    this.#undo.push(() => cluster.close())

    const { image } = cluster.node
    const dynamicConfig = new DynamicConfig({ config, image, logger })
    const topicConfigs = new TopicConfigs(config, image, dynamicConfig)
    this.#dynamicConfig = dynamicConfig
    this.#topicConfigs = topicConfigs
    // The logs were opened by the settings of the file.
    logs.settingsChanged()
    const assignments = new DirectoryAssignments({
      clock,
      logger,
      metadata: cluster.node,
      nodeId: this.nodeId,
      brokerEpoch: () => this.#lifecycle?.epoch ?? -1,
    })
    this.#assignments = assignments
    const replicas = new Replicas({
      nodeId: this.nodeId,
      logger,
      logs,
      configOf: topic => topicConfigs.get(topic).log,
      onPlaced: placement => assignments.note(placement),
    })
    this.#replicas = replicas
    replicas.load(image)
    cluster.node.subscribe(delta => {
      if (dynamicConfig.apply(delta)) {
        logs.settingsChanged()
        this.#lifecycle?.settingsChanged()
        this.#doors?.settingsChanged()
      }
      topicConfigs.apply(delta)
      replicas.apply(delta, image)
    })
    await this.#serve({ metadata: cluster.node, quorum: cluster.quorum, dynamicConfig, topicConfigs, replicas, logs })
    await assignments.flush()
  }

  async #openLogs({ directories }: LoadedStorage): Promise<LogManager> {
    const { config } = this.#options
    // The metadata, which knows the topics' own settings, lies behind the lock that this takes: `Replicas.load` hands them over.
    const withoutOverrides = resolveTopicConfig(config, new Map()).log
    // A directory may fail while the others are still being opened.
    let opened: LogManager | undefined
    const lost: [LogDirectory, Error][] = []
    const logs = await openLogManager({
      ...this.#options,
      directories,
      config: logManagerConfigOf(() => this.#dynamicConfig?.values ?? config.values, { openFilesMax: openLogFilesMax }),
      configOf: topic => this.#topicConfigs?.get(topic).log ?? withoutOverrides,
      isCordoned: directory => isCordoned(this.#dynamicConfig?.values ?? config.values, directory),
      listener: {
        onDirectoryOffline: (directory, error) => {
          if (opened === undefined) lost.push([directory, error])
          else this.#loseDirectory(opened, directory, error)
        },
        onMoved: log => this.#replicas?.moved(log),
      },
      moves: {
        concurrency: Math.max(config.values['num.replica.alter.log.dirs.threads'] ?? directories.length, 1),
        throttle: new MoveQuota({
          clock: this.#options.clock,
          values: config.values,
          texts: () => {
            const settings = this.#dynamicConfig?.settings
            return settings === undefined ? [] : [settings.broker, settings.cluster]
          },
        }),
        assign: async ({ topicId, partition, directory }) => {
          await this.#assignments?.assign({ topicId, partition, directoryId: directory.id })
        },
      },
    })
    opened = logs
    this.#undo.push(() => logs.close({ brokerEpoch: this.#stoppedEpoch }))
    for (const [directory, error] of lost) this.#loseDirectory(logs, directory, error)
    return logs
  }

  async #serve(parts: {
    metadata: MetadataNode
    quorum: () => QuorumView
    dynamicConfig: DynamicConfig
    topicConfigs: TopicConfigs
    replicas: Replicas
    logs: LogManager
  }): Promise<void> {
    const { metadata, quorum, dynamicConfig, topicConfigs, replicas, logs } = parts
    const { clock, prng, logger, net, config } = this.#options
    const { image } = metadata
    const { nodeId, clusterId } = this
    const wheel = new TimerWheel(clock)
    const quotas = new Quotas({ clock, image, values: config.values })
    metadata.subscribe(delta => quotas.apply(delta))
    const doors = await this.#openDoors(metadata, dynamicConfig)
    const telemetry = this.#telemetry(metadata)
    const authorizer = await this.#openAuthorizer(metadata)
    const handlers = telemetry === undefined ? apiHandlers : [...apiHandlers, ...telemetryApis]
    const purgatory = new Purgatory(clock, wheel)
    const groups = new GroupCoordinator({
      clock,
      wheel,
      prng,
      logger,
      config,
      dynamicConfig,
      topicConfigs,
      image,
      replicas,
      onShareMemberLeft: (groupId, memberId, { isEmpty }) => {
        shareGroups.memberLeft(groupId, memberId)
        if (isEmpty) shareGroups.groupEmpty(groupId)
      },
    })
    const producerIds = new ProducerIds({ metadata, nodeId, brokerEpoch: () => this.#lifecycle?.epoch ?? -1 })
    const transactionMarkers = new TransactionMarkers({ clock, wheel, logger, image, replicas, groups })
    const transactions = new TransactionCoordinator({
      clock,
      wheel,
      logger,
      config,
      topicConfigs,
      image,
      replicas,
      producerIds,
      markers: transactionMarkers,
    })
    const shareStates = new ShareCoordinator({ clock, wheel, logger, config, topicConfigs, image, replicas })
    for (const coordinator of [groups, transactions, shareStates]) {
      metadata.subscribe(delta => coordinator.apply(delta))
      coordinator.start()
    }
    const sharePersister = new ShareStatePersister({
      wheel,
      coordinator: shareStates,
      createTopic: async () => void (await autoCreateTopics({ config, metadata }, [shareStateTopic])),
    })
    const settings = new ShareGroupSettings({ image, dynamicConfig })
    const shareGroups = new ShareGroups({
      clock,
      wheel,
      logger,
      config,
      image,
      replicas,
      settings,
      persister: sharePersister,
    })
    metadata.subscribe(delta => shareGroups.apply(delta))
    const lifecycle = new Lifecycle({
      clock,
      prng,
      logger,
      metadata,
      nodeId,
      clusterId,
      rack: config.values['broker.rack'],
      features: supportedFeatures(),
      directoryIds: logs.liveDirectories.map(({ id }) => id),
      cordonedDirectoryIds: () =>
        logs.directories.filter(directory => isCordoned(dynamicConfig.values, directory)).map(({ id }) => id),
      previousBrokerEpoch: logs.previousBrokerEpoch,
      heartbeatMs: config.values['broker.heartbeat.interval.ms'],
    })
    this.#lifecycle = lifecycle
    const core: BrokerCore = {
      nodeId,
      clusterId,
      clock,
      prng,
      logger,
      logLevels: this.#options.logLevels,
      config,
      dynamicConfig,
      topicConfigs,
      metadata,
      image,
      quorum,
      endpoints: new Endpoints({ nodeId, image, config }),
      replicas,
      logs,
      purgatory,
      fetchSessions: new FetchSessions({
        clock,
        prng,
        slotCount: config.values['max.incremental.fetch.session.cache.slots'],
      }),
      producerIds,
      groups,
      transactions,
      shareStates,
      sharePersister,
      shareGroups,
      transactionGate: new TransactionGate({
        wheel,
        transactions,
        retryMs: config.values['add.partitions.to.txn.retry.backoff.ms'],
        retryMsMax: config.values['add.partitions.to.txn.retry.backoff.max.ms'],
      }),
      transactionMarkers,
      quotas,
      doors,
      authorizer,
      telemetry,
      servedApis: servedApis(handlers, { listener: 'broker', unstable: config.values['unstable.api.versions.enable'] }),
      replyBudget: new ReplyBudget({ bytesMax: replyBytesMax, heldByTransport: () => server.heldBytes }),
    }
    const dispatcher = new Dispatcher(core, handlers)
    const limits = serverLimitsOf(() => dynamicConfig.values, {
      connectionDelayMs: address => quotas.connected(address),
      connectionPauseMs: () => quotas.accepted(dynamicConfig.values['max.connection.creation.rate']),
    })
    const server: FrameServer = new FrameServer({
      clock,
      net,
      logger,
      limits,
      handler: dispatcher,
    })
    this.#memoryUse = () => [...server.memoryUse(), ...memoryUseOf(core, server)]
    this.#undo.push(async () => {
      shareGroups.close()
      shareStates.close()
      transactions.close()
      groups.close()
      purgatory.close()
      await server.close({ graceMs: stopGraceMs })
      this.#memoryUse = () => []
    })
    this.#listeners = await bindEndpoints(server, config.listeners, { config, dispatcher, doors })
    const controllers = await this.#openControllers({ clock, net, logger, limits, core, doors, handlers })
    this.#onDirectoryOffline = ({ id }) => {
      replicas.directoryOffline()
      lifecycle.directoryOffline(id)
    }
    this.#undo.push(async () => {
      await lifecycle.stop()
      this.#stoppedEpoch = lifecycle.epoch
    })
    await lifecycle.start(registeredEndpoints(config, this.#listeners))
    server.start()
    controllers?.start()
  }

  async #openControllers(options: ControllerListenersOptions): Promise<FrameServer | undefined> {
    if (this.#options.opensControllerListeners !== true) return undefined
    const { openControllerListeners } = await import('./controller-listeners.ts')
    const { server, bound } = await openControllerListeners(options)
    this.#controllerListeners = bound
    const ofBroker = this.#memoryUse
    this.#memoryUse = () => [...ofBroker(), ...server.memoryUse()]
    this.#undo.push(() => server.close({ graceMs: stopGraceMs }))
    return server
  }

  /** Nothing of TLS and SASL is loaded where no listener asks for it. */
  async #openDoors({ image }: MetadataNode, dynamicConfig: DynamicConfig): Promise<Doors | undefined> {
    const { config, opensControllerListeners } = this.#options
    const endpoints = [...config.listeners, ...(opensControllerListeners === true ? config.controllerListeners : [])]
    if (endpoints.every(({ securityProtocol }) => securityProtocol === 'PLAINTEXT')) return undefined
    const { Doors } = await import('./security/doors.ts')
    this.#doors = new Doors(endpoints, { ...this.#options, image, dynamicConfig })
    return this.#doors
  }

  async #openAuthorizer(metadata: MetadataNode): Promise<Authorizer | undefined> {
    const { config, logger, logLevels } = this.#options
    if (config.authorizer === undefined) return undefined
    const { openStandardAuthorizer } = await import('./security/standard-authorizer.ts')
    return openStandardAuthorizer({ config: config.authorizer, metadata, logger, logLevels })
  }

  #telemetry(metadata: MetadataNode): ClientTelemetry | undefined {
    const { clock, prng, logger, config, telemetryReceiver: receiver } = this.#options
    if (receiver === undefined) return undefined
    const bytesMax = config.values['telemetry.max.bytes']
    const telemetry = new ClientTelemetry({ clock, prng, logger, image: metadata.image, bytesMax, receiver })
    metadata.subscribe(delta => telemetry.apply(delta))
    return telemetry
  }

  #loseDirectory(logs: LogManager, directory: LogDirectory, error: Error): void {
    const { config } = this.#options
    if (directory.path === config.metadataDirectory || logs.liveDirectories.length === 0) this.#die(error)
    else this.#onDirectoryOffline?.(directory)
  }

  #die(error: Error): void {
    if (this.#fatal !== undefined) return
    this.#fatal = error
    this.#onFatal?.(error)
  }

  async #stop(): Promise<void> {
    for (let undo = this.#undo.pop(); undo !== undefined; undo = this.#undo.pop()) {
      try {
        await undo()
      } catch (error) {
        // What is left must still be closed.
        this.#options.logger.error('a part of the broker did not stop cleanly', { error })
      }
    }
  }
}

/** Of the descriptors that a process usually has (1024), what is left for sockets is the other half. */
const openLogFilesMax = 512
/** How long open requests may take to be answered while the broker stops. */
const stopGraceMs = 5000
