import type { Clock, Logger } from '@dorsale/base'
import { channels } from '../diagnostics/channels.ts'
import type { FetchMetrics } from '../metrics/fetch-metrics.ts'
import type { GroupMetrics, Told } from '../metrics/group-metrics.ts'
import { AssignedPartition } from './assigned-partition.ts'
import type { RebalanceListener } from './group-listener.ts'
import { comparePartitions, nameOf, type TopicPartition } from './offset-lookup.ts'

export interface GroupPartitionsOptions {
  readonly groupId: string
  readonly clock: Clock
  readonly logger: Logger
  readonly metrics: GroupMetrics
  readonly fetchMetrics: FetchMetrics
  /** Of the consumer, by name (`orders-0`). */
  readonly assigned: Map<string, AssignedPartition>
  /** Commits before partitions are given up; undefined: the application commits. */
  readonly commitHandled: ((partitions: readonly TopicPartition[]) => Promise<void>) | undefined
  readonly listener: () => RebalanceListener
  onListenerError(error: Error): void
  /** What may be fetched has changed. */
  onChange(): void
}

/** What a group gives a consumer and takes from it. Called in turns of the application, one at a time. */
export class GroupPartitions {
  readonly #options: GroupPartitionsOptions

  constructor(options: GroupPartitionsOptions) {
    this.#options = options
  }

  get all(): TopicPartition[] {
    return [...this.#options.assigned.values()]
      .map(({ topic, partition }) => ({ topic, partition }))
      .sort(comparePartitions)
  }

  /** Gives partitions up, after what was handled of them is committed and the application has heard of it. */
  async revoke(partitions: readonly TopicPartition[]): Promise<void> {
    if (partitions.length === 0) return
    const { logger, commitHandled, listener } = this.#options
    if (commitHandled !== undefined) {
      // The records are handled again by whoever comes next: nothing is lost.
      await commitHandled(partitions).catch(error =>
        logger.warn('what was handled could not be committed before its partitions were given up', { error }),
      )
    }
    await this.#tell('revoked', partitions, () => listener().revoked?.(partitions))
    this.#drop(partitions)
  }

  /** Partitions are gone already. */
  async lose(partitions: readonly TopicPartition[]): Promise<void> {
    if (partitions.length === 0) return
    const { lost, revoked } = this.#options.listener()
    await this.#tell('lost', partitions, () => (lost ?? revoked)?.call(this.#options.listener(), partitions))
    this.#drop(partitions)
  }

  /** Takes partitions over. */
  async take(partitions: readonly TopicPartition[]): Promise<void> {
    const { assigned, listener, onChange } = this.#options
    const taken = partitions.map(({ topic, partition }) => {
      const each = new AssignedPartition(topic, partition)
      each.isHeld = true
      assigned.set(nameOf(each), each)
      return each
    })
    await this.#tell('assigned', partitions, () => listener().assigned?.(partitions))
    for (const each of taken) each.isHeld = false
    onChange()
  }

  #drop(partitions: readonly TopicPartition[]): void {
    for (const each of partitions) {
      const name = nameOf(each)
      this.#options.assigned.get(name)?.drop()
      this.#options.assigned.delete(name)
      this.#options.fetchMetrics.forget(each)
    }
    this.#options.onChange()
  }

  async #tell(what: Told, partitions: readonly TopicPartition[], call: () => Promise<void> | void): Promise<void> {
    const { clock, metrics, groupId } = this.#options
    const beganMs = clock.monotonic()
    try {
      await call()
    } catch (error) {
      this.#options.onListenerError(error as Error)
    }
    metrics.onTold(what, clock.monotonic() - beganMs)
    if (channels.rebalance.hasSubscribers) channels.rebalance.publish({ groupId, what, partitions })
  }
}
