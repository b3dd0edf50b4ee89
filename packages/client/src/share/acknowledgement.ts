import type { TopicPartition } from '../consumer/offset-lookup.ts'

/**
 * What becomes of a record that was acquired: `accept`, it is done; `release`, somebody else may have it; `reject`, nobody is to have it again; `renew`, this consumer needs
 * more time for it.
 */
export type AcknowledgeType = 'accept' | 'release' | 'reject' | 'renew'

/** Of the protocol. A gap is an offset that was acquired and has no record. */
const codes: Readonly<Record<AcknowledgeType | 'gap', number>> = { gap: 0, accept: 1, release: 2, reject: 3, renew: 4 }

export function isAcknowledgeType(type: unknown): type is AcknowledgeType {
  return type !== 'gap' && Object.hasOwn(codes, type as string)
}

/** What the broker made of acknowledgements of one partition. */
export interface AcknowledgementOutcome extends TopicPartition {
  readonly offsets: readonly number[]
  /** Undefined: they are settled. Else the broker took none of them, `INVALID_RECORD_STATE` for records whose lock had run out. */
  readonly error: Error | undefined
}

/** Acknowledgements of one partition that are settled together. */
export class AcknowledgementGroup implements TopicPartition {
  readonly topic: string
  readonly topicId: string
  readonly partition: number
  readonly types: ReadonlyMap<number, AcknowledgeType | 'gap'>
  readonly #settled = Promise.withResolvers<AcknowledgementOutcome>()

  constructor(of: TopicPartition & { readonly topicId: string }, types: ReadonlyMap<number, AcknowledgeType | 'gap'>) {
    this.topic = of.topic
    this.topicId = of.topicId
    this.partition = of.partition
    this.types = types
  }

  get outcome(): Promise<AcknowledgementOutcome> {
    return this.#settled.promise
  }

  get renews(): boolean {
    return [...this.types.values()].includes('renew')
  }

  /** Answers the outcome, which leaves gaps out: no application has heard of them. */
  settle(error: Error | undefined): AcknowledgementOutcome {
    const offsets = [...this.types].filter(([, type]) => type !== 'gap').map(([offset]) => offset)
    const { topic, partition } = this
    const outcome = { topic, partition, offsets, error }
    this.#settled.resolve(outcome)
    return outcome
  }
}

interface Batch {
  firstOffset: number
  lastOffset: number
  acknowledgeTypes: number[]
}

/** The rows of a request: neighbours of one type are one row. */
export function acknowledgementBatches(groups: readonly AcknowledgementGroup[]): Batch[] {
  const all = groups.flatMap(({ types }) => [...types]).sort(([one], [other]) => one - other)
  const batches: Batch[] = []
  for (const [offset, type] of all) {
    const last = batches.at(-1)
    const code = codes[type]
    if (last !== undefined && last.lastOffset === offset - 1 && last.acknowledgeTypes[0] === code)
      last.lastOffset = offset
    else batches.push({ firstOffset: offset, lastOffset: offset, acknowledgeTypes: [code] })
  }
  return batches
}
