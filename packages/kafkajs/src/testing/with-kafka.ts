import { startTestBroker, type TestBroker, type TestBrokerOptions } from '@dorsale/testkit'
import { Kafka, type KafkaConfig, logLevel } from '../index.ts'

/** Runs a test with a broker of its own, and a `Kafka` that says nothing and does not wait long. */
export async function withKafka(
  body: (kafka: Kafka, broker: TestBroker) => Promise<void>,
  { broker: options = {}, kafka = {} }: { broker?: TestBrokerOptions; kafka?: Partial<KafkaConfig> } = {},
): Promise<void> {
  await using broker = await startTestBroker(options)
  await body(new Kafka({ ...quiet(broker), ...kafka }), broker)
}

export function quiet({ bootstrapServers }: TestBroker): KafkaConfig {
  return {
    clientId: 'test',
    brokers: [bootstrapServers],
    logLevel: logLevel.NOTHING,
    retry: { initialRetryTime: 20, maxRetryTime: 200, retries: 5 },
  }
}

/** A list that can be waited for. */
export class Collected<Item> extends Array<Item> {
  #waiting: { count: number; resolve: () => void }[] = []

  static override get [Symbol.species]() {
    return Array
  }

  add(item: Item): void {
    this.push(item)
    this.#waiting = this.#waiting.filter(({ count, resolve }) => {
      if (this.length < count) return true
      resolve()
      return false
    })
  }

  /** Settles when there are so many. */
  async reach(count: number): Promise<void> {
    if (this.length >= count) return
    await new Promise<void>(resolve => {
      this.#waiting.push({ count, resolve })
    })
  }
}
