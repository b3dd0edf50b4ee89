/**
 * What a group knows of its topics, in one number: it changes when a topic appears or goes, gets partitions or its replicas move between racks. Kafka
 * writes it down with the epoch of the group, so it is Kafka's to the bit (KIP-1101).
 *
 * ```
 *   topic    XXH3 of: int8 0 | int64 x 2 topic id | string name | int32 count of partitions |
 *                     for each partition: int32 number | for each rack of its replicas, sorted: int32 length, string
 *   group    XXH3 of: int64 hash of each topic, in the order of their names; 0 without topics
 *   string   UTF-16, then int32 its length; everything little-endian
 * ```
 */
import { xxh3 } from '@dorsale/base'
import type { MetadataImage, TopicImage } from '../../metadata/image.ts'

/** What groups look up of the cluster. */
export type GroupMetadataImage = Pick<MetadataImage, 'topicsByName' | 'topicsById' | 'brokers' | 'offset'>

/** Hashes of topics, kept until the topic changes. That a broker is in another rack now is seen with the next change of the topic, as in Kafka. */
export class TopicHashes {
  readonly #image: GroupMetadataImage
  readonly #byName = new Map<string, { readonly topic: TopicImage; readonly hash: bigint }>()

  constructor(image: GroupMetadataImage) {
    this.#image = image
  }

  /** The hash of a group that is interested in these topics; those that do not exist do not count. */
  groupHash(names: Iterable<string>): bigint {
    const hashes: [string, bigint][] = []
    for (const name of names) {
      const hash = this.#topicHash(name)
      if (hash !== undefined) hashes.push([name, hash])
    }
    if (hashes.length === 0) return 0n
    hashes.sort(([a], [b]) => (a < b ? -1 : 1))
    const bytes = new DataView(new ArrayBuffer(8 * hashes.length))
    for (const [index, [, hash]] of hashes.entries()) bytes.setBigUint64(8 * index, hash, true)
    return signed(xxh3(new Uint8Array(bytes.buffer)))
  }

  #topicHash(name: string): bigint | undefined {
    const topic = this.#image.topicsByName.get(name)
    if (topic === undefined) return undefined
    const known = this.#byName.get(name)
    // A topic's image is replaced when it changes.
    if (known?.topic === topic) return known.hash
    const hash = topicHash(topic, broker => this.#image.brokers.get(broker)?.rack ?? null)
    this.#byName.set(name, { topic, hash })
    return hash
  }
}

/** The hash of one topic; `rackOf` null: the broker has none. */
function topicHash(topic: TopicImage, rackOf: (broker: number) => string | null): bigint {
  const bytes = new HashInput()
  bytes.int8(0)
  const id = Buffer.from(topic.id, 'base64url')
  bytes.int64(id.readBigUInt64BE(0))
  bytes.int64(id.readBigUInt64BE(8))
  bytes.string(topic.name)
  bytes.int32(topic.partitions.length)
  for (const [index, { replicas }] of topic.partitions.entries()) {
    bytes.int32(index)
    const racks = replicas.flatMap(broker => rackOf(broker) ?? [])
    for (const rack of racks.sort()) {
      bytes.int32(rack.length)
      bytes.string(rack)
    }
  }
  return xxh3(bytes.finish())
}

class HashInput {
  #bytes = Buffer.alloc(1024)
  #length = 0

  int8(value: number): void {
    this.#length = this.#room(1).writeInt8(value, this.#length)
  }

  int32(value: number): void {
    this.#length = this.#room(4).writeInt32LE(value, this.#length)
  }

  int64(value: bigint): void {
    this.#length = this.#room(8).writeBigUInt64LE(value, this.#length)
  }

  string(value: string): void {
    this.#length += this.#room(2 * value.length).write(value, this.#length, 'utf16le')
    this.int32(value.length)
  }

  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }

  #room(byteCount: number): Buffer {
    if (this.#length + byteCount > this.#bytes.length) {
      const larger = Buffer.alloc(Math.max(2 * this.#bytes.length, this.#length + byteCount))
      this.#bytes.copy(larger)
      this.#bytes = larger
    }
    return this.#bytes
  }
}

/** As Java has it, and a record. */
function signed(hash: bigint): bigint {
  return BigInt.asIntN(64, hash)
}
