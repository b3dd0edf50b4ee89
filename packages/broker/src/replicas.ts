import type { Logger } from '@dorsale/base'
import type { MetadataDelta, MetadataImage, TopicImage } from '@dorsale/coordinate'
import { errorCodes, ProtocolError } from '@dorsale/protocol'
import type { LogConfig, LogDirectory, LogManager, PartitionLog } from '@dorsale/storage'
import type { Placement } from './directory-assignments.ts'
import { Partition } from './partition.ts'

/**
 * The partitions that this broker holds. The metadata decides which: `apply` makes what is here equal to what a committed image says, at start and
 * after each change, so logs are created and deleted by replay and by nothing else (D4).
 */
export class Replicas {
  readonly #nodeId: number
  readonly #logger: Logger
  readonly #logs: LogManager
  readonly #configOf: (topic: string) => LogConfig
  readonly #onPlaced: (placement: Placement) => void
  readonly #byName = new Map<string, Partition[]>()

  constructor(options: {
    nodeId: number
    logger: Logger
    logs: LogManager
    configOf: (topic: string) => LogConfig
    /** A replica lies in another directory than the metadata says. */
    onPlaced: (placement: Placement) => void
  }) {
    this.#nodeId = options.nodeId
    this.#logger = options.logger
    this.#logs = options.logs
    this.#configOf = options.configOf
    this.#onPlaced = options.onPlaced
  }

  get(topic: string, index: number): Partition | undefined {
    return this.#byName.get(topic)?.[index]
  }

  *[Symbol.iterator](): IterableIterator<Partition> {
    for (const partitions of this.#byName.values()) for (const partition of partitions) if (partition) yield partition
  }

  /** At start: every partition of ours in the image; logs that no topic claims are set aside, as Kafka does with strays. */
  load(image: MetadataImage): void {
    for (const log of [...this.#logs.logs]) if (!isOurs(image, log, this.#nodeId)) this.#setAside(log)
    this.#takeUpMoves(image)
    for (const topic of image.topicsById.values()) {
      this.#applyTopic(topic, { isNew: false })
      // The logs were opened before their topics' settings were known.
      this.#logs.updateConfig(topic.name, this.#configOf(topic.name))
    }
  }

  /** Follows one step of replay. */
  apply(delta: MetadataDelta, image: MetadataImage): void {
    for (const topic of delta.removedTopics) this.#remove(topic)
    for (const topicId of delta.changedTopics) {
      const topic = image.topicsById.get(topicId)
      if (topic !== undefined) this.#applyTopic(topic, { isNew: true })
    }
    for (const resource of delta.changedConfigs) {
      if (resource.type === 2) this.#logs.updateConfig(resource.name, this.#configOf(resource.name))
      else if (resource.type === 4) {
        for (const topic of this.#byName.keys()) this.#logs.updateConfig(topic, this.#configOf(topic))
      }
    }
  }

  /** A directory failed: its partitions answer KAFKA_STORAGE_ERROR; who waits for them is told. */
  directoryOffline(): void {
    for (const partition of this) {
      if (!partition.isOnline) partition.stop()
      // It was to move to the one that failed, and the metadata has it there already.
      else this.#tellPlace(partition)
    }
  }

  /**
   * Has a replica lie in another directory of this broker, by and by; where it lies already, a move under way is called off. Throws a `ProtocolError`: KAFKA_STORAGE_ERROR when its log is
   * offline or a copy cannot be begun, UNKNOWN_TOPIC_OR_PARTITION when it is not here: it is created there if it comes.
   */
  move(topic: string, index: number, directory: LogDirectory): void {
    const place = { topic, partition: index }
    const partition = this.get(topic, index)
    if (partition === undefined) {
      this.#logs.prefer(place, directory)
      throw new ProtocolError(errorCodes.UNKNOWN_TOPIC_OR_PARTITION)
    }
    if (!partition.isOnline) throw new ProtocolError(errorCodes.KAFKA_STORAGE_ERROR)
    this.#logs.moveTo(place, directory)
    this.#tellPlace(partition)
  }

  /** A log lies in another directory. */
  moved(log: PartitionLog): void {
    this.get(log.topic, log.partition)?.replaceLog(log)
  }

  #tellPlace({ topicId, index, assignedDirectoryId, log }: Partition): void {
    const { id } = log.directory
    if (assignedDirectoryId !== id) this.#onPlaced({ topicId, partition: index, directoryId: id })
  }

  /** Copies of logs that an earlier life was moving. Those in the directory that the metadata names are the further ones. */
  #takeUpMoves(image: MetadataImage): void {
    const assigned = ({ topic, partition }: PartitionLog): string | undefined => {
      const found = image.topicsByName.get(topic)?.partitions[partition]
      return found?.directories[found.replicas.indexOf(this.#nodeId)]
    }
    const isAssigned = (future: PartitionLog): boolean => assigned(future) === future.directory.id
    for (const future of [...this.#logs.futures].sort((left, right) => +isAssigned(right) - +isAssigned(left))) {
      // It went with another copy of the same log.
      if (![...this.#logs.futures].includes(future)) continue
      if (!isOurs(image, future, this.#nodeId)) this.#setAside(future)
      else if (this.#logs.get(future.topic, future.partition) !== undefined) this.#logs.resumeMove(future)
      // The process died between taking the log's name and giving it to the copy. Where a directory is offline the log may lie in it, with what the copy lacks.
      else if (!this.#isDirectoryOffline) this.#logs.promote(future)
    }
  }

  /** `isNew`: a partition that is not known here was created just now, so it has no log yet. */
  #applyTopic(topic: TopicImage, { isNew }: { isNew: boolean }): void {
    const partitions = this.#byName.get(topic.name) ?? []
    this.#byName.set(topic.name, partitions)
    for (const [index, image] of topic.partitions.entries()) {
      if (!image.replicas.includes(this.#nodeId)) continue
      const known = partitions[index]
      if (known !== undefined && known.topicId === topic.id) {
        known.update(image)
        continue
      }
      const directoryId = image.directories[image.replicas.indexOf(this.#nodeId)]
      const log = this.#openLog(topic, index, { directoryId, isNew })
      if (log !== undefined && log.directory.id !== directoryId) {
        this.#onPlaced({ topicId: topic.id, partition: index, directoryId: log.directory.id })
      }
      partitions[index] = new Partition({
        topic: topic.name,
        topicId: topic.id,
        index,
        nodeId: this.#nodeId,
        image,
        log,
      })
    }
  }

  #openLog(
    topic: TopicImage,
    index: number,
    { directoryId, isNew }: { directoryId: string | undefined; isNew: boolean },
  ): PartitionLog | undefined {
    const place = { topic: topic.name, partition: index }
    // Its log may lie in a directory that failed: an empty one elsewhere would take its place, and stand beside it when it is back.
    if (!isNew && this.#logs.get(topic.name, index) === undefined && this.#isDirectoryOffline) {
      this.#logger.error('a partition has no log in the directories that are online, and stays offline', place)
      return undefined
    }
    const isKnown = this.#logs.liveDirectories.some(directory => directory.id === directoryId)
    try {
      return this.#logs.getOrCreate(place, {
        topicId: topic.id,
        ...(isKnown && directoryId !== undefined ? { directoryId } : {}),
      })
    } catch (error) {
      if (!(error instanceof ProtocolError) || error.errorCode !== errorCodes.KAFKA_STORAGE_ERROR) throw error
      this.#logger.error('a partition has no log and stays offline', { ...place, error })
      return undefined
    }
  }

  get #isDirectoryOffline(): boolean {
    return this.#logs.liveDirectories.length < this.#logs.directories.length
  }

  #remove(topic: TopicImage): void {
    const partitions = this.#byName.get(topic.name)
    if (partitions === undefined || partitions.find(Boolean)?.topicId !== topic.id) return
    this.#byName.delete(topic.name)
    for (const partition of partitions) {
      if (partition === undefined) continue
      partition.remove()
      this.#logs.delete(topic.name, partition.index)
    }
  }

  #setAside(log: PartitionLog): void {
    this.#logger.warn('a log belongs to no partition of this broker; it is set aside', {
      topic: log.topic,
      partition: log.partition,
      topicId: log.topicId,
    })
    this.#logs.setAsideStray(log)
  }
}

function isOurs(image: MetadataImage, log: PartitionLog, nodeId: number): boolean {
  const topic = image.topicsByName.get(log.topic)
  return topic?.id === log.topicId && topic.partitions[log.partition]?.replicas.includes(nodeId) === true
}
