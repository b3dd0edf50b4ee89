/**
 * The latest offset of each key, for a pass of compaction: a table of fixed size, so that the memory of a pass is what the configuration says,
 * however long the keys are.
 *
 * A slot holds a key's identity in 16 bytes and an offset in 8. The identity of a key of up to 15 bytes is the key itself and its length; that
 * of a longer one is a digest, as in Kafka: two keys that shared one would lose records, so it is SHA-256 (its first 15 bytes) and not a
 * quick hash. The place in the table comes from a universal hash that is drawn anew for each pass: whoever writes the keys cannot choose
 * them so that all belong in one place.
 */
import { hash } from 'node:crypto'
import { assert, type Prng, randomBelow } from '@dorsale/base'

/** Bytes that a key takes. */
const slotBytes = 24
const wordsPerSlot = 4
const shortKeyBytesMax = 15
/** In the byte of the length: the other 15 are a digest. */
const digestMark = 0xff
const slotsMin = 16
/** 16-bit halves of an identity. */
const halves = 8
/** 2^31 - 1: the universal hash is taken modulo this. */
const prime = 0x7fffffff

export class OffsetMap {
  /** Greatest offset that was looked at: everything up to it is in the map, or has no key. */
  latestOffset = -1
  readonly #slotCount: number
  readonly #sizeMax: number
  readonly #identities: Int32Array
  /** Offset plus one; 0 where the slot is free. */
  readonly #offsets: Float64Array
  /** The hash of this map: a factor for each half of an identity. */
  readonly #factors: Float64Array
  /** Identity of the key at hand. */
  readonly #words = new Int32Array(wordsPerSlot)
  readonly #bytes = new Uint8Array(this.#words.buffer)
  readonly #halves = new Uint16Array(this.#words.buffer)
  #size = 0

  /**
   * `bytesMax` and `loadFactor` as configured. A map that will see `keyCountMax` keys at most takes no more room than these need: the
   * memory is there from the start, so that no put has to move everything.
   */
  constructor(options: { bytesMax: number; loadFactor: number; keyCountMax: number; prng: Prng }) {
    const { bytesMax, loadFactor, keyCountMax, prng } = options
    assert(loadFactor > 0 && loadFactor <= 1, 'a load factor lies between 0 and 1')
    // One slot more than may be taken, so that every search ends.
    const slotsWanted = Math.max(Math.ceil(keyCountMax / loadFactor) + 1, slotsMin)
    this.#slotCount = Math.min(Math.max(Math.floor(bytesMax / slotBytes), slotsMin), slotsWanted)
    this.#sizeMax = Math.min(Math.max(Math.floor(this.#slotCount * loadFactor), 1), this.#slotCount - 1)
    this.#identities = new Int32Array(this.#slotCount * wordsPerSlot)
    this.#offsets = new Float64Array(this.#slotCount)
    this.#factors = Float64Array.from({ length: halves }, () => randomBelow(prng, prime))
  }

  get size(): number {
    return this.#size
  }
  get isFull(): boolean {
    return this.#size >= this.#sizeMax
  }

  /** Notes that the key has a record at `offset`, the greatest so far. */
  put(key: Uint8Array, offset: number): void {
    const slot = this.#slotOf(key)
    if (this.#offsets[slot] === 0) {
      assert(!this.isFull, 'a full map takes no key')
      this.#identities.set(this.#words, slot * wordsPerSlot)
      this.#size++
    }
    this.#offsets[slot] = offset + 1
    this.latestOffset = offset
  }

  /** Offset of the key's latest record; -1 when there is none. */
  get(key: Uint8Array): number {
    return (this.#offsets[this.#slotOf(key)] as number) - 1
  }

  /** The slot that holds the key, or the free one where it belongs. */
  #slotOf(key: Uint8Array): number {
    this.#identify(key)
    const words = this.#words
    const first = words[0]
    const second = words[1]
    const third = words[2]
    const fourth = words[3]
    const identities = this.#identities
    const offsets = this.#offsets
    for (let slot = this.#home(); ; ) {
      if (offsets[slot] === 0) return slot
      const at = slot * wordsPerSlot
      if (
        identities[at] === first &&
        identities[at + 1] === second &&
        identities[at + 2] === third &&
        identities[at + 3] === fourth
      ) {
        return slot
      }
      if (++slot === this.#slotCount) slot = 0
    }
  }

  #identify(key: Uint8Array): void {
    const bytes = this.#bytes
    if (key.length <= shortKeyBytesMax) {
      bytes.fill(0)
      bytes.set(key)
      bytes[shortKeyBytesMax] = key.length
      return
    }
    bytes.set(hash('sha256', key, 'buffer').subarray(0, shortKeyBytesMax))
    bytes[shortKeyBytesMax] = digestMark
  }

  /** Where the search for the key begins: the sum of its 16-bit halves, each times a factor of this map's own, modulo a prime. */
  #home(): number {
    let sum = 0
    // Every product is below 2^47, so the sum is exact.
    for (let index = 0; index < halves; index++) {
      sum += (this.#factors[index] as number) * (this.#halves[index] as number)
    }
    return (sum % prime) % this.#slotCount
  }
}
