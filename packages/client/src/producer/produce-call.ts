import type { ProduceRequestTopicProduceData } from '@dorsale/protocol'
import { noTopicId } from '../metadata/metadata-cache.ts'
import type { BrokerLink } from '../network/broker-link.ts'
import type { PartitionQueue } from './partition-queue.ts'
import type { ProducerBatch } from './producer-batch.ts'

/** Topics by name up to this version of Produce, by id after. */
const namedVersionMax = 12

/** A batch in a request. */
export interface SentBatch {
  readonly queue: PartitionQueue
  readonly batch: ProducerBatch
  /** `noTopicId`: the broker knows none. */
  readonly topicId: string
  isAnswered: boolean
}

/** The newest version of Produce that these may travel in: a topic without an id can only be named. */
export function versionMaxOf(batches: readonly SentBatch[]): number {
  return batches.some(({ topicId }) => topicId === noTopicId) ? namedVersionMax : Number.POSITIVE_INFINITY
}

/** A Produce request: the batches that travel in it, and what has become of them. One batch, the rule where each record is awaited, is found without a table. */
export class ProduceCall {
  readonly link: BrokerLink
  /** On the monotonic clock. */
  readonly sentMs: number
  readonly batches: readonly SentBatch[]
  /** Of Produce. */
  readonly version: number
  #byPlace: Map<string, SentBatch> | undefined

  constructor(options: { link: BrokerLink; sentMs: number; batches: readonly SentBatch[]; version: number }) {
    this.link = options.link
    this.sentMs = options.sentMs
    this.batches = options.batches
    this.version = options.version
  }

  /** What the request carries, topic by topic. */
  topicData(): ProduceRequestTopicProduceData[] {
    const [first] = this.batches
    if (first !== undefined && this.batches.length === 1) return [topicOf(first)]
    const topics = new Map<string, ProduceRequestTopicProduceData>()
    for (const sent of this.batches) {
      const topic = topics.get(sent.queue.topic)
      if (topic === undefined) topics.set(sent.queue.topic, topicOf(sent))
      else topic.partitionData.push(partitionOf(sent))
    }
    return [...topics.values()]
  }

  /** The batch that the broker answers for. Undefined: it was not asked, or has answered before. */
  answered(topic: { readonly name: string; readonly topicId: string }, index: number): SentBatch | undefined {
    const found = this.#find(this.#isByName ? topic.name : topic.topicId, index)
    if (found === undefined || found.isAnswered) return undefined
    found.isAnswered = true
    return found
  }

  get #isByName(): boolean {
    return this.version <= namedVersionMax
  }

  #find(topic: string, index: number): SentBatch | undefined {
    const [first] = this.batches
    if (first !== undefined && this.batches.length === 1) {
      return first.queue.partition === index && this.#nameOf(first) === topic ? first : undefined
    }
    this.#byPlace ??= new Map(this.batches.map(sent => [`${this.#nameOf(sent)}\0${sent.queue.partition}`, sent]))
    return this.#byPlace.get(`${topic}\0${index}`)
  }

  /** What the broker calls the batch's topic. */
  #nameOf({ queue, topicId }: SentBatch): string {
    return this.#isByName ? queue.topic : topicId
  }
}

function topicOf(sent: SentBatch): ProduceRequestTopicProduceData {
  return { name: sent.queue.topic, topicId: sent.topicId, partitionData: [partitionOf(sent)] }
}

function partitionOf({ queue, batch }: SentBatch): ProduceRequestTopicProduceData['partitionData'][number] {
  return { index: queue.partition, records: batch.bytes() }
}
