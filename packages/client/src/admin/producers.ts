/** Who writes to partitions, as their leaders remember it. */
import { describeProducersRequest, describeProducersResponse } from '@dorsale/protocol'
import { nameOf, type TopicPartition } from '../consumer/offset-lookup.ts'
import type { AdminCore, CallOptions } from './admin-core.ts'
import { answerOf } from './answer.ts'
import type { Itemized } from './itemized.ts'
import { indexesByTopic, rowsByPartition } from './partitions.ts'
import { toBroker, toLeaders } from './route.ts'

/** An idempotent or transactional producer. */
export interface ProducerState {
  readonly producerId: bigint
  readonly producerEpoch: number
  readonly lastSequence: number
  /** Of its newest record, in milliseconds since 1970. */
  readonly lastTimestamp: number
  /** Undefined: it has never ended a transaction. */
  readonly coordinatorEpoch: number | undefined
  /** Where its open transaction begins; undefined: none is open. */
  readonly currentTransactionStartOffset: number | undefined
}

export interface DescribeProducersOptions extends CallOptions {
  /** A replica to ask. Default: the leader. */
  readonly brokerId?: number
}

export interface ProducerAdmin {
  /** The producers whose state partitions keep. */
  describeProducers(
    partitions: readonly TopicPartition[],
    options?: DescribeProducersOptions,
  ): Itemized<TopicPartition, ProducerState[]>
}

export function producerAdmin(core: AdminCore): ProducerAdmin {
  return {
    describeProducers: (partitions, options = {}) =>
      core.each({
        what: 'the producers',
        keys: partitions,
        options,
        route: options.brokerId === undefined ? toLeaders() : toBroker(() => options.brokerId),
        async ask(link, keys) {
          const topics = indexesByTopic(keys).map(({ name, indexes }) => ({ name, partitionIndexes: indexes }))
          const response = await core.request(link, describeProducersRequest, describeProducersResponse, { topics })
          const rows = rowsByPartition(response.topics, ({ partitionIndex }) => partitionIndex)
          return key =>
            answerOf(nameOf(key), rows.get(nameOf(key)), ({ activeProducers }) =>
              activeProducers.map(producer => ({
                producerId: producer.producerId,
                producerEpoch: producer.producerEpoch,
                lastSequence: producer.lastSequence,
                lastTimestamp: producer.lastTimestamp,
                coordinatorEpoch: producer.coordinatorEpoch < 0 ? undefined : producer.coordinatorEpoch,
                currentTransactionStartOffset:
                  producer.currentTxnStartOffset < 0 ? undefined : producer.currentTxnStartOffset,
              })),
            )
        },
      }),
  }
}
