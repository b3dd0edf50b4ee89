import type { Mutant } from './mutants.ts'

const transport = 'packages/transport/src'
const broker = 'packages/broker/src'
const storage = 'packages/storage/src'
const client = 'packages/client/src'
const memory = { workload: 'memory', durability: 'process' } as const

/** Mistakes that lose nothing, and let memory grow. */
export const memoryMutants: readonly Mutant[] = [
  {
    ...memory,
    name: 'a parked request that is never forgotten',
    file: `${broker}/purgatory.ts`,
    before: 'this.#purgatory.forget(this)',
    after: '',
  },
  {
    ...memory,
    name: 'a partition that remembers who watched it',
    file: `${broker}/purgatory.ts`,
    before: 'for (const watchers of this.#watched) watchers.remove(this)',
    after: '',
  },
  {
    ...memory,
    name: 'a fetch that stays parked when its client has gone',
    file: `${broker}/apis/01-fetch.ts`,
    before: '      this.#abandoned = true\n      this.#parked?.cancel()',
    after: '      this.#abandoned = true',
  },
  {
    ...memory,
    name: 'fetch sessions without their bound',
    file: `${broker}/fetch-sessions.ts`,
    before: 'if (this.#sessions.size >= this.#slotCount && !this.#evict(targets.size, now)) return 0',
    after: '',
  },
  {
    ...memory,
    name: 'what a fetch set aside is not given back',
    file: `${broker}/apis/01-fetch.ts`,
    before: 'this.#core.replyBudget.release(bytes)',
    after: '',
  },
  {
    ...memory,
    name: 'a connection that is read beyond its bound',
    file: `${transport}/server-connection.ts`,
    before: '(this.#readsNoFurther && this.#reader.bufferedBytes >= readAheadBytes)',
    after: 'false',
  },
  {
    ...memory,
    name: 'bytes of a connection that count when it has gone',
    file: `${transport}/server-connection.ts`,
    before: 'this.#host.addHeldBytes(-this.#heldBytes)',
    after: '',
  },
  {
    ...memory,
    name: 'producers that logs never forget',
    file: `${storage}/producer/producer-state.ts`,
    before: 'return !entry.inTransaction && now - entry.lastTimestamp >= this.#settings.producerIdExpirationMs',
    after: 'return false',
  },
  {
    ...memory,
    name: 'an accumulator that does not release',
    file: `${client}/producer/accumulator.ts`,
    before: 'this.#bufferedBytes -= batch.accountedBytes',
    after: '',
  },
  {
    ...memory,
    name: 'an accumulator without its bound',
    file: `${client}/producer/accumulator.ts`,
    before: 'if (info === undefined || this.#bufferedBytes + record.bytes > bufferBytesMax) return false',
    after: 'if (info === undefined) return false',
  },
  {
    ...memory,
    name: 'any number of records that wait for room',
    file: `${client}/producer/accumulator.ts`,
    before: 'if (this.#pendingBytes + record.bytes > Math.max(bufferBytesMax, record.bytes)) {',
    after: 'if (record.bytes < 0) {',
  },
  {
    ...memory,
    name: 'a consumer that fetches on when it is full',
    file: `${client}/consumer/fetcher.ts`,
    before: 'if (isFull || this.#underWay.has(link)) continue',
    after: 'if (this.#underWay.has(link)) continue',
  },
  {
    ...memory,
    name: 'a share session that outlives its connection',
    file: `${broker}/share/share-sessions.ts`,
    before: '        this.end(each.groupId, each.memberId)\n        this.#onReleased(each)',
    after: '        this.#onReleased(each)',
  },
  {
    ...memory,
    name: 'share sessions without their bound',
    file: `${broker}/share/share-sessions.ts`,
    before: 'if (this.#size >= this.#sessionsMax) throw new ProtocolError(errorCodes.SHARE_SESSION_LIMIT_REACHED)',
    after: '',
  },
]
