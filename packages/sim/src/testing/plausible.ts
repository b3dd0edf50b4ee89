import { type Prng, randomBelow, randomUnit } from '@dorsale/base'
import { damageBatch, type Leaves, randomLeaves, sampleBatch } from '@dorsale/protocol/testing'

/** What is known of the broker, so that a random request gets past its first check: names by the fields that hold them, and what answers have said. */
export class Dictionary {
  readonly #known: Readonly<Record<string, readonly unknown[]>>
  readonly #learned = new Map<string, unknown[]>()

  constructor(known: Readonly<Record<string, readonly unknown[]>>) {
    this.#known = known
  }

  get(field: string): readonly unknown[] {
    return [...(this.#known[field] ?? []), ...(this.#learned.get(field) ?? [])]
  }

  /** Takes ids, epochs and the like out of an answer. The newest few of each are kept. */
  learn(answer: unknown): void {
    if (Array.isArray(answer)) for (const each of answer) this.learn(each)
    else if (isStruct(answer)) for (const [field, value] of Object.entries(answer)) this.#learnField(field, value)
  }

  #learnField(field: string, value: unknown): void {
    this.learn(value)
    if (!learned.has(field) || this.get(field).includes(value)) return
    this.#learned.set(field, [...(this.#learned.get(field) ?? []), value].slice(-keptMax))
  }
}

const keptMax = 3
/** Fields of answers that requests repeat. */
const learned = new Set([
  'memberId',
  'generationId',
  'memberEpoch',
  'producerId',
  'producerEpoch',
  'topicId',
  'sessionId',
  'groupInstanceId',
  'leaderEpoch',
  'directoryId',
])

/**
 * Random leaves with known values in most of the fields that have a familiar name: `topics[].name` is a topic that is there, a wait is a short one,
 * records are a batch, sound or damaged.
 */
export function plausibleLeaves(dictionary: Dictionary, prng: Prng, nowMs: number): Leaves {
  return {
    ...randomLeaves(prng),
    field(name, sampled) {
      if (isStruct(sampled) || (Array.isArray(sampled) && sampled.some(isStruct))) return sampled
      // No wait outlasts the run: virtual time is cheap, and not free.
      if (/(timeout|wait|lifetime|period|interval)\w*ms$/i.test(name)) return randomBelow(prng, 3000)
      return randomUnit(prng) < knownShare ? plausibleValue(name, sampled, dictionary, prng, nowMs) : sampled
    },
  }
}

const knownShare = 0.8

function plausibleValue(field: string, value: unknown, dictionary: Dictionary, prng: Prng, nowMs: number): unknown {
  if (field === 'records') {
    const sound = sampleBatch(prng, nowMs)
    return randomBelow(prng, 3) === 0 ? damageBatch(prng, sound) : sound
  }
  const known = dictionary.get(field)
  if (known.length === 0) return value
  const pick = (): unknown => known[randomBelow(prng, known.length)]
  // A list of names, or of numbers of partitions, keeps its length, and so may name one twice.
  if (Array.isArray(value)) return value.map(pick)
  const picked = pick()
  return typeof picked === typeof value || value === null ? picked : value
}

function isStruct(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !(value instanceof Uint8Array) && !Array.isArray(value)
}
