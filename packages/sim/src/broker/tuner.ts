import { randomBelow, randomUnit, sleep } from '@dorsale/base'
import { errorCodes, errorOf, incrementalAlterConfigsRequest, incrementalAlterConfigsResponse } from '@dorsale/protocol'
import type { Host } from '../world/process.ts'
import type { World } from '../world/world.ts'
import { brokerMachine, Driver } from './driver.ts'
import { expectNetworkTrouble, findTopic } from './producer.ts'

export interface TunerPlan {
  name: string
  topic: string
  /** What the topic was created with. */
  configs: Readonly<Record<string, string>>
  everyMs: number
}

const topicResource = 2
const setOperation = 0

/** What is set back and forth, by what the topic does with its records. */
const retentionValues: Readonly<Record<string, readonly string[]>> = {
  'retention.bytes': ['-1', '0', '5000', '30000'],
  'retention.ms': ['-1', '300', '3000', '604800000'],
}
const compactionValues: Readonly<Record<string, readonly string[]>> = {
  'min.cleanable.dirty.ratio': ['0.01', '0.5', '0.95'],
  'delete.retention.ms': ['0', '1000'],
  'min.compaction.lag.ms': ['0', '1500'],
}
const defaults: Readonly<Record<string, string>> = { 'retention.bytes': '-1', 'retention.ms': '604800000' }
/** What it ends with, where records are deleted: only the last segment may be larger. */
const lastBytes = 5000

/** Answers that say "not now". */
const retriable = new Set<number>([
  errorCodes.REQUEST_TIMED_OUT,
  errorCodes.NOT_CONTROLLER,
  errorCodes.BROKER_NOT_AVAILABLE,
  errorCodes.KAFKA_STORAGE_ERROR,
  errorCodes.UNKNOWN_TOPIC_OR_PARTITION,
])

/**
 * Changes a topic's settings of retention, or of compaction, while records flow (IncrementalAlterConfigs), and knows which values may be in force: the last that was
 * acknowledged, and whatever was not answered, since the network may hold that back and let it take effect late. What is taken away is judged by these; and in the end
 * retention by size is set once more, and obeyed.
 */
export class Tuner {
  readonly plan: TunerPlan
  stopped = false
  readonly #world: World
  readonly #acknowledged = new Map<string, string>()
  readonly #doubtful = new Map<string, Set<string>>()

  constructor(world: World, plan: TunerPlan) {
    this.plan = plan
    this.#world = world
    const configs = { ...defaults, ...plan.configs }
    for (const key of this.keys) if (configs[key] !== undefined) this.#acknowledged.set(key, configs[key])
  }

  /** Keys whose values change. */
  get keys(): readonly string[] {
    return Object.keys(this.#values)
  }

  /** Values of a key that may be in force now; none of a key that does not change. */
  possible(key: string): readonly string[] {
    const acknowledged = this.#acknowledged.get(key)
    return [...(acknowledged === undefined ? [] : [acknowledged]), ...(this.#doubtful.get(key) ?? [])]
  }

  async run(host: Host): Promise<void> {
    const { name, topic, everyMs } = this.plan
    await findTopic(host, name, topic)
    while (!this.stopped) {
      await sleep(host.clock, randomUnit(host.prng) * 2 * everyMs)
      const key = this.keys[randomBelow(host.prng, this.keys.length)] as string
      const values = this.#values[key] ?? []
      await this.#set(host, key, values[randomBelow(host.prng, values.length)] as string)
    }
  }

  /** Sets retention by size for the last time, and waits until the logs are no larger than it lets them be. */
  async settle(): Promise<void> {
    if (this.#compacts) return
    let isSet = false
    this.#world.machine('clients').spawn(this.plan.name, async host => {
      while (!(await this.#set(host, 'retention.bytes', String(lastBytes)))) await sleep(host.clock, 100)
      isSet = true
    })
    const what = `retention.bytes=${lastBytes} of ${this.plan.topic} is obeyed`
    await this.#world.runUntil(what, () => isSet && this.#segments().every(isObeyed), { withinMs: 30_000 })
  }

  get #compacts(): boolean {
    return this.plan.configs['cleanup.policy'] === 'compact'
  }

  get #values(): Readonly<Record<string, readonly string[]>> {
    return this.#compacts ? compactionValues : retentionValues
  }

  /** True when it was acknowledged. */
  async #set(host: Host, key: string, value: string): Promise<boolean> {
    const { name, topic } = this.plan
    const driver = new Driver(host, name)
    const doubtful = this.#doubtful.get(key) ?? new Set()
    this.#doubtful.set(key, doubtful.add(value))
    try {
      const configs = [{ name: key, configOperation: setOperation, value }]
      const response = await driver.call(incrementalAlterConfigsRequest, incrementalAlterConfigsResponse, {
        resources: [{ resourceType: topicResource, resourceName: topic, configs }],
      })
      const errorCode = response.responses[0]?.errorCode ?? errorCodes.UNKNOWN_SERVER_ERROR
      if (errorCode === 0) {
        this.#acknowledged.set(key, value)
        doubtful.delete(value)
        this.#world.trace.tell(this.#world.nowMs, `${name} has set ${key}=${value}`)
      } else if (!retriable.has(errorCode)) {
        this.#world.fail(`${name}: ${key}=${value} was refused: ${errorOf(errorCode).name}`)
      }
      return errorCode === 0
    } catch (error) {
      expectNetworkTrouble(this.#world, name, error)
      return false
    } finally {
      driver.close()
    }
  }

  /** Sizes of the segments of each partition, the oldest first. */
  #segments(): number[][] {
    const logs = new Map<string, [base: string, size: number][]>()
    for (const [path, file] of this.#world.machine(brokerMachine).volume.files()) {
      const { directory, partition, base } = segmentPath.exec(path)?.groups ?? {}
      if (directory === undefined || base === undefined || partition !== this.plan.topic) continue
      logs.set(directory, [...(logs.get(directory) ?? []), [base, file.size]])
    }
    return [...logs.values()].map(segments => segments.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, size]) => size))
  }
}

const segmentPath = /^(?<directory>.*\/(?<partition>[^/]+)-\d+)\/(?<base>\d{20})\.log$/

/** Without the first segment there would be less than is to be kept. */
function isObeyed(sizes: readonly number[]): boolean {
  const [first = 0, ...later] = sizes
  return later.length === 0 || later.reduce((sum, size) => sum + size, 0) < lastBytes || first === 0
}
