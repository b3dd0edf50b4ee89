import type { MemoryUse } from '@dorsale/base'
import type { Consumer } from './consumer/consumer.ts'
import type { Producer } from './producer/producer.ts'

export type { MemoryUse }

/**
 * What a producer or a consumer keeps in memory at this moment, each with its bound (`buffer.memory`, `fetch.max.bytes`,
 * `max.in.flight.requests.per.connection`). Nothing for what is no client of this package, such as a mock.
 */
export function memoryUseOf<K, V>(client: Producer<K, V> | Consumer<K, V>): readonly MemoryUse[] {
  return (client as Partial<Measured>).memoryUse?.() ?? []
}

/** What the clients of this package are beside what their interfaces say. */
interface Measured {
  memoryUse(): readonly MemoryUse[]
}
