/**
 * Requests made from the message tables: edge values of every type, at every version that is served. What would change the brokers' topics is
 * given names of its own, so that one difference does not make all that follows differ.
 */
import { type Prng, randomBelow, seededPrng } from '@dorsale/base'
import {
  type Api,
  apis,
  buildBatch,
  type Field,
  includesVersion,
  type StructType,
  type WireType,
} from '@dorsale/protocol'
import { elementName } from './element-name.ts'
import { Fact, type Loose, range, type Step, unknownId } from './step.ts'

const int8s = [0, 1, -1, 2, 127, -128]
const int16s = [0, 1, -1, 2, 3, 32_767, -32_768]
const int32s = [0, 1, -1, 2, 3, 2_147_483_647, -2_147_483_648]
const int64s = [0, 1, -1, -2, -3, 5, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
const names = ['differ-a', 'differ-b', 'missing', 'bad name!', '', '.', 'x'.repeat(250)]
/** Of requests that create or delete. */
const freshNames = ['bad name!', '', '..', 'y'.repeat(250)]

/** What must not be drawn freely: waits would last, and a billion partitions would be made. */
const bounded: Readonly<Record<string, readonly unknown[]>> = {
  timeoutMs: [5000],
  maxWaitMs: [0, 1, -1],
  numPartitions: [-1, 0, 1, 3],
  count: [0, 1, 2, 3],
  replicationFactor: [-1, 0, 1, 2],
  acks: [-1, 1, 2],
  isolationLevel: [0, 1],
  sessionId: [0, 7],
  sessionEpoch: [0, -1, 3],
  responsePartitionLimit: [-1, 0, 1, 2000],
  allowAutoTopicCreation: [false],
  // A member would wait for others.
  sessionTimeoutMs: [0, -1, 6000],
  rebalanceTimeoutMs: [0, 100],
}
const changing: ReadonlySet<string> = new Set(['CreateTopics', 'DeleteTopics', 'CreatePartitions'])
/**
 * Not drawn: what ends the broker or waits by design, and what only brokers send.
 */
const left: ReadonlySet<string> = new Set([
  'JoinGroup',
  'SyncGroup',
  'UnregisterBroker',
  'UpdateFeatures',
  'AddRaftVoter',
  'RemoveRaftVoter',
])

/** `count` requests for each version of each API that both brokers serve. */
export function generatedSteps(options: {
  seed: number
  count: number
  serves: (api: Api, version: number) => boolean
}): Step[] {
  const prng = seededPrng(options.seed)
  const steps: Step[] = []
  for (const api of apis.values()) {
    if (left.has(api.name)) continue
    for (const version of range(api.versionMin, api.stableVersionMax)) {
      if (!options.serves(api, version)) continue
      for (let index = 0; index < options.count; index++) {
        const draw = new Draw(prng, api, version)
        steps.push({ name: `generated ${index}`, api, version, request: draw.struct(api.request.body) })
      }
    }
  }
  return steps
}

class Draw {
  readonly #prng: Prng
  readonly #api: Api
  readonly #version: number

  constructor(prng: Prng, api: Api, version: number) {
    this.#prng = prng
    this.#api = api
    this.#version = version
  }

  struct(type: StructType): Loose {
    const fields = Object.entries(type.fields).filter(([, field]) => includesVersion(field.versions, this.#version))
    return Object.fromEntries(fields.map(([name, field]) => [name, this.#field(name, field)]))
  }

  #field(name: string, field: Field): unknown {
    const pool = bounded[name]
    if (pool !== undefined) return this.#one(pool)
    return this.#value(name, field.type)
  }

  #value(name: string, type: WireType): unknown {
    switch (type.kind) {
      case 'nullable':
        return includesVersion(type.versions, this.#version) && randomBelow(this.#prng, 4) === 0
          ? null
          : this.#value(name, type.of)
      case 'array':
        return this.#list(name, type.element)
      case 'struct':
        return this.struct(type as StructType)
      case 'bool':
        return this.#one([true, false])
      case 'int8':
        return this.#one(int8s)
      case 'int16':
      case 'uint16':
        return this.#one(type.kind === 'int16' ? int16s : [0, 1, 65_535])
      case 'int32':
      case 'uint32':
        return this.#one(type.kind === 'int32' ? int32s : [0, 1, 4_294_967_295])
      case 'int64':
        return this.#one(int64s)
      case 'exactInt64':
        return this.#one([-1n, 0n, 1n, 2n ** 63n - 1n])
      case 'float64':
        return this.#one([0, 1, -1, 0.5])
      case 'uuid':
        return this.#one([new Fact('id differ-a', unknownId), unknownId, 'AAAAAAAAAAAAAAAAAAAAAA'])
      case 'string':
        return this.#one(changing.has(this.#api.name) ? freshNames : names)
      case 'bytes':
        return this.#one([new Uint8Array(0), Uint8Array.of(1, 2, 3)])
      case 'records':
        return this.#one([this.#batch(), new Uint8Array(0), Uint8Array.of(0, 0, 0)])
    }
  }

  /** No client names a topic and no partition of it, or a partition twice; Kafka has no single opinion of what to answer. */
  #list(name: string, element: WireType): unknown[] {
    const isPartitions = name.startsWith('partition')
    const length = isPartitions ? 1 : randomBelow(this.#prng, 3)
    const elements = Array.from({ length }, () => this.#value(name, element))
    const names = elements.map(elementName)
    return elements.filter((_, index) => names[index] === undefined || names.indexOf(names[index]) === index)
  }

  #batch(): Uint8Array {
    return buildBatch([{ timestamp: 1_000_000, key: null, value: Buffer.from('generated'), headers: [] }], {})
  }

  #one<Value>(pool: readonly Value[]): Value {
    return pool[randomBelow(this.#prng, pool.length)] as Value
  }
}
