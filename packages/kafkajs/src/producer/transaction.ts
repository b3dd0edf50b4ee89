import { KafkaJSNonRetriableError } from '../errors.ts'
import { asKafkaJSError } from '../failures.ts'
import type { GroupNews } from '../group-news.ts'
import type { Offsets, RecordMetadata, Transaction } from '../types.ts'
import type { ByteProducer } from './byte-producer.ts'
import { checkBatch, checkRecord, type Sending } from './messages.ts'

export interface TransactionalOptions {
  /** With a transactional id. */
  readonly client: ByteProducer
  readonly news: GroupNews
  send(client: ByteProducer, sending: Sending): Promise<RecordMetadata[]>
}

/** The transactions of one producer, one at a time. */
export class TransactionalProducer {
  readonly #options: TransactionalOptions
  #isInitialized = false
  #isOpen = false

  constructor(options: TransactionalOptions) {
    this.#options = options
  }

  /** Opens a transaction. Rejects while another is open. */
  async begin(): Promise<Transaction> {
    if (this.#isOpen) {
      throw new KafkaJSNonRetriableError(
        'There is already an ongoing transaction for this producer. Please end the transaction before beginning another.',
      )
    }
    const { client } = this.#options
    this.#isOpen = true
    try {
      if (!this.#isInitialized) await client.initTransactions()
      this.#isInitialized = true
      client.beginTransaction()
    } catch (error) {
      this.#isOpen = false
      throw asKafkaJSError(error)
    }
    return this.#face()
  }

  close(): Promise<void> {
    return this.#options.client.close()
  }

  #face(): Transaction {
    const { client, news, send } = this.#options
    let hasEnded = false
    const isActive = () => this.#isOpen && !hasEnded
    const guarded = async <Value>(act: () => Promise<Value>): Promise<Value> => {
      if (!isActive()) throw new KafkaJSNonRetriableError('Cannot continue to use transaction once ended')
      try {
        return await act()
      } catch (error) {
        throw asKafkaJSError(error)
      }
    }
    const end = async (act: () => Promise<void>) => {
      await act()
      hasEnded = true
      this.#isOpen = false
    }
    return {
      send: record => guarded(async () => send(client, checkBatch(checkRecord(record), { idempotent: true }))),
      sendBatch: batch => guarded(async () => send(client, checkBatch(batch, { idempotent: true }))),
      commit: () => guarded(() => end(() => client.commitTransaction())),
      abort: () => guarded(() => end(() => client.abortTransaction())),
      sendOffsets: offsets =>
        guarded(async () => {
          const { consumerGroupId: groupId, topics } = offsets
          if (!groupId) throw new KafkaJSNonRetriableError('Missing consumerGroupId')
          if (!topics) throw new KafkaJSNonRetriableError('Missing offset topics')
          await client.sendOffsetsToTransaction(toCommit(offsets), { groupId })
          news.committed(groupId, topics)
        }),
      isActive,
    }
  }
}

function toCommit({ topics }: Offsets) {
  return topics.flatMap(({ topic, partitions }) =>
    partitions.map(({ partition, offset }) => ({ topic, partition: Number(partition), offset: Number(offset) })),
  )
}
