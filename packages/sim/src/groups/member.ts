import { DorsaleError, randomBelow, randomUnit, sleep } from '@dorsale/base'
import {
  type Consumer,
  type ConsumerSettings,
  createConsumer,
  type GroupMetadata,
  type RecordChunk,
  type TopicPartition,
} from '@dorsale/client'
import type { HistoryEvent } from '../history/history.ts'
import { type Host, ProcessDied } from '../world/process.ts'
import type { World } from '../world/world.ts'
import type { CommitWatch } from './commit-watch.ts'
import type { Ownership } from './ownership.ts'

export interface MemberPlan {
  name: string
  topics: readonly string[]
  comesAtMs: number
  /** Undefined: it stays to the end. */
  leavesAtMs: number | undefined
  /** Who commits, and how: the client by itself, or the application after each chunk, waiting for it or not. */
  commits: 'auto' | 'sync' | 'async'
  /** Handling a chunk takes up to so long, */
  handlesMs: number
  /** and now and then, while there is trouble, much longer. */
  dawdlesMs: number
  settings: ConsumerSettings
}

/** What members of a group do together. */
export interface GroupRecords {
  readonly history: HistoryEvent[]
  /** Offsets that some member has handled, by partition. */
  readonly handled: Map<string, Set<number>>
  readonly ownership: Ownership
  readonly commits: CommitWatch
  /** Who was a member of which generation. */
  readonly memberships: GroupMetadata[]
}

/** What a group may answer a member whose place others have: the client says it with these codes. */
const expectedErrors = new Set(['DORSALE_COMMIT_FAILED', 'DORSALE_TIMEOUT', 'DORSALE_CLOSED', 'DORSALE_NET'])

/** `@dorsale/client`'s consumer as the member of a group, which comes, goes, dies and is stopped. Whatever it handles is handled for the group. */
export class Member {
  readonly plan: MemberPlan
  /** It goes straight to the end, without delay. */
  isSettling = false
  readonly #world: World
  readonly #records: GroupRecords
  #life = 0
  #consumer: Consumer | undefined
  #isLeaving = false

  constructor(world: World, plan: MemberPlan, records: GroupRecords) {
    this.plan = plan
    this.#world = world
    this.#records = records
  }

  /** What it holds, and in which generation; undefined when it is not there, or between generations. */
  get holding(): { generation: number; partitions: string[] } | undefined {
    const consumer = this.#consumer
    const generation = consumer === undefined ? undefined : generationOf(consumer)
    if (consumer === undefined || generation === undefined) return undefined
    return { generation: generation.generationId, partitions: consumer.assignment.map(nameOf) }
  }

  /** Whether it was asked to go. */
  get isLeaving(): boolean {
    return this.#isLeaving
  }

  /** Whether it has a process. */
  get isThere(): boolean {
    return this.#consumer !== undefined
  }

  /** From now on it is asked to go: it handles what it has, commits and leaves. */
  leave(): void {
    this.#isLeaving = true
    this.#consumer?.stop()
  }

  /** One life of it. */
  async run(host: Host): Promise<void> {
    this.#life++
    const consumer = createConsumer({ world: host, settings: this.plan.settings })
    this.#consumer = consumer
    this.#subscribe(consumer)
    if (this.#isLeaving) consumer.stop()
    await this.#readAll(host, consumer)
    await consumer.close()
    host.exit(0)
  }

  /** This life of it is over. */
  died(): void {
    this.#consumer = undefined
  }

  /** Of this life; a static member is one owner whatever its life. */
  get #owner(): string {
    return this.plan.settings['group.instance.id'] === undefined ? `${this.plan.name}#${this.#life}` : this.plan.name
  }

  #subscribe(consumer: Consumer): void {
    const { ownership, history, memberships } = this.#records
    const process = `${this.plan.name}#${this.#life}`
    const tell = (what: string, partitions: readonly TopicPartition[], generation: number | undefined): void =>
      this.#world.trace.tell(
        this.#world.nowMs,
        `${process} ${what} ${partitions.map(nameOf).join(' ') || 'nothing'} in generation ${generation ?? '?'}`,
      )
    consumer.subscribe(this.plan.topics, {
      assigned: partitions => {
        history.push({ kind: 'seek', process })
        const member = generationOf(consumer)
        tell('takes', partitions, member?.generationId)
        if (member === undefined) return
        memberships.push(member)
        const taken = new Set(partitions.map(nameOf))
        const all = consumer.assignment.map(nameOf)
        const kept = all.filter(name => !taken.has(name))
        ownership.claim({ owner: this.#owner, generation: member.generationId, partitions: all, kept })
      },
      revoked: partitions => {
        const member = generationOf(consumer)
        tell('gives up', partitions, member?.generationId)
        if (member !== undefined) {
          const { generationId: generation } = member
          ownership.claim({ owner: this.#owner, generation, partitions: partitions.map(nameOf) })
        } else if (this.plan.commits !== 'auto') {
          // (A commit of the client's own that comes before this may be what the member hears it from.)
          this.#world.fail(
            `told otherwise: ${process} is to give up what it has lost, since the group went on without it`,
          )
        }
      },
      lost: partitions => tell('has lost', partitions, undefined),
    })
  }

  async #readAll(host: Host, consumer: Consumer): Promise<void> {
    for (;;) {
      try {
        for await (const chunk of consumer.chunks()) await this.#handle(host, consumer, chunk)
        return
      } catch (error) {
        this.#expect(error, 'reading')
        await sleep(host.clock, 100)
      }
    }
  }

  async #handle(host: Host, consumer: Consumer, chunk: RecordChunk): Promise<void> {
    const { handled, history, commits } = this.#records
    const { topic, partition, nextOffset } = chunk
    const name = nameOf(chunk)
    const offsets = handled.get(name) ?? new Set()
    handled.set(name, offsets)
    const reads = [...chunk].map(({ offset, value }) => ({
      partition: name,
      offset,
      value: Buffer.from(value ?? [])
        .toString()
        .split(' ')[0] as string,
    }))
    if (reads.length > 0) history.push({ kind: 'poll', process: `${this.plan.name}#${this.#life}`, reads })
    const dawdles = !this.isSettling && randomBelow(host.prng, 30) === 0
    const upToMs = dawdles ? this.plan.dawdlesMs : this.isSettling ? 0 : this.plan.handlesMs
    if (upToMs > 0) await sleep(host.clock, randomUnit(host.prng) * upToMs)
    for (const { offset } of reads) offsets.add(offset)
    this.#world.trace.note(this.#world.nowMs, `${this.plan.name} has handled ${name} to ${nextOffset}`)
    const acknowledged = (): void => commits.acknowledged(`${topic}-${partition}`, nextOffset)
    if (this.plan.commits === 'sync') {
      await consumer.commit(chunk).then(acknowledged, error => this.#expect(error, 'a commit'))
    } else if (this.plan.commits === 'async' && randomBelow(host.prng, 2) === 0) {
      consumer.commitAsync(chunk, error => (error === undefined ? acknowledged() : this.#expect(error, 'a commit')))
    }
  }

  #expect(error: unknown, what: string): void {
    if (error instanceof ProcessDied || !(error instanceof DorsaleError)) throw error
    // The coordinator still waits for a static member that died (KIP-848): it comes back when the session is over.
    if ((error as { errorName?: string }).errorName === 'UNRELEASED_INSTANCE_ID') return
    if (!expectedErrors.has(error.code)) this.#world.fail(`${this.plan.name}: ${what} failed`, error)
  }
}

function generationOf(consumer: Consumer): GroupMetadata | undefined {
  try {
    return consumer.groupMetadata()
  } catch (error) {
    if (error instanceof DorsaleError && error.code === 'DORSALE_COMMIT_FAILED') return undefined
    throw error
  }
}

function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic}-${partition}`
}
