import { NetError } from '@dorsale/base'
import {
  type ErrorCode,
  errorCodes,
  findCoordinatorRequest,
  findCoordinatorResponse,
  ProtocolError,
} from '@dorsale/protocol'
import type { ClientWorld } from '../world.ts'
import type { Address } from './addresses.ts'
import type { BrokerLink } from './broker-link.ts'

/** What a coordinator may coordinate, by the number that FindCoordinator has for it. */
const coordinatorTypes = { group: 0, transaction: 1, share: 2 } as const
type CoordinatorType = keyof typeof coordinatorTypes

/** Whose coordinator: a group id, a transactional id, or `group:topicId:partition` of a share group. */
export interface CoordinatorKey {
  readonly type: CoordinatorType
  readonly key: string
}

export interface CoordinatorsOptions {
  readonly world: ClientWorld
  /** A link to any broker; throws a retriable error while there is none. */
  anyLink(): BrokerLink
  makeLink(nodeId: number, address: Address): BrokerLink
}

/** The first version of FindCoordinator that takes several keys (KIP-699). */
const batchVersion = 4
/** The first version that knows each type. */
const versionMin: Readonly<Record<CoordinatorType, number>> = { group: 0, transaction: 1, share: 6 }

/**
 * Who coordinates what, as far as it is known, and the connections to them. They are connections of their own, as in Kafka's clients: a broker answers one
 * request of a connection after the other, so a heartbeat must not stand behind a fetch that waits for records, nor behind a join that waits for a whole
 * group. Hence a second one to each coordinator, for what comes while the broker keeps a request on the first. Otherwise everything goes by the first: heartbeats
 * find out whether it is still alive, long before a join is sent there whose answer may be a long time coming.
 */
export class Coordinators {
  readonly #options: CoordinatorsOptions
  readonly #known = new Map<string, Address & { nodeId: number }>()
  readonly #links = new Map<number, BrokerLink>()
  /** Around the first ones, while those are held. */
  readonly #detours = new Map<number, BrokerLink>()
  /** How many requests the broker keeps on a link. */
  readonly #held = new Map<BrokerLink, number>()
  /** Keys that are asked for with the question of this turn, by type and key. */
  #open = new Map<string, Open>()
  /** Keys of questions under way. */
  readonly #asked = new Map<string, Open>()

  constructor(options: CoordinatorsOptions) {
    this.#options = options
  }

  /**
   * The link to a coordinator, asked for when it is not known; keys asked for in one turn share a question. One attempt: rejects with a retriable
   * `ProtocolError` or `NetError` while there is none.
   */
  async link(of: CoordinatorKey): Promise<BrokerLink> {
    const known = this.#known.get(idOf(of)) ?? (await this.#find(of))
    const first = this.#links.get(known.nodeId)
    return this.#linkOf(first !== undefined && this.#held.has(first) ? this.#detours : this.#links, known)
  }

  /** As `link`, for a request that the broker may keep for long: what comes meanwhile goes by another, until `release` is called. */
  async holdLink(of: CoordinatorKey): Promise<{ link: BrokerLink; release: () => void }> {
    const known = this.#known.get(idOf(of)) ?? (await this.#find(of))
    const link = this.#linkOf(this.#links, known)
    this.#held.set(link, (this.#held.get(link) ?? 0) + 1)
    const release = (): void => {
      const left = (this.#held.get(link) ?? 1) - 1
      if (left > 0) this.#held.set(link, left)
      else this.#held.delete(link)
    }
    return { link, release }
  }

  #linkOf(links: Map<number, BrokerLink>, { nodeId, host, port }: Address & { nodeId: number }): BrokerLink {
    const link = links.get(nodeId)
    if (link !== undefined && link.host === host && link.port === port) return link
    link?.close(new NetError('ECONNABORTED', 'the coordinator is no longer at this address'))
    const made = this.#options.makeLink(nodeId, { host, port })
    links.set(nodeId, made)
    return made
  }

  /** The broker that coordinates, when it is known. */
  nodeId(of: CoordinatorKey): number | undefined {
    return this.#known.get(idOf(of))?.nodeId
  }

  /** The next request asks who coordinates. `nodeId`: only when that broker is still believed to. */
  forget(of: CoordinatorKey, nodeId?: number): void {
    const id = idOf(of)
    if (nodeId === undefined || this.#known.get(id)?.nodeId === nodeId) this.#known.delete(id)
  }

  close(): void {
    for (const link of this.#allLinks()) link.close()
    this.#links.clear()
    this.#detours.clear()
    this.#known.clear()
  }

  /** Bytes of requests that the kernel has not taken yet. */
  get unsentBytes(): number {
    return this.#allLinks().reduce((sum, { unsentBytes }) => sum + unsentBytes, 0)
  }

  #allLinks(): BrokerLink[] {
    return [...this.#links.values(), ...this.#detours.values()]
  }

  #find(of: CoordinatorKey): Promise<Address & { nodeId: number }> {
    const id = idOf(of)
    const known = this.#asked.get(id) ?? this.#open.get(id)
    if (known !== undefined) return known.promise
    const open: Open = { of, ...Promise.withResolvers<Address & { nodeId: number }>() }
    if (this.#open.size === 0) this.#options.world.clock.defer(() => this.#ask())
    this.#open.set(id, open)
    return open.promise
  }

  #ask(): void {
    const open = this.#open
    this.#open = new Map()
    for (const [id, each] of open) this.#asked.set(id, each)
    for (const [type, group] of Map.groupBy(open.values(), ({ of }) => of.type)) void this.#askFor(type, group)
  }

  /** Settles each key of a question. Never rejects. */
  async #askFor(type: CoordinatorType, group: readonly Open[]): Promise<void> {
    try {
      const link = this.#options.anyLink()
      await link.ready()
      const version = link.versions.require(findCoordinatorRequest)
      if (version < versionMin[type]) {
        throw new ProtocolError(
          errorCodes.UNSUPPORTED_VERSION,
          `the broker is too old to coordinate for type ${type}: it serves FindCoordinator up to version ${version}, ${versionMin[type]} is needed`,
        )
      }
      if (version >= batchVersion) await this.#askBatch(link, type, group)
      else await Promise.all(group.map(each => this.#askOne(link, type, each)))
    } catch (error) {
      for (const each of group) each.reject(error as Error)
    } finally {
      for (const { of } of group) this.#asked.delete(idOf(of))
    }
  }

  async #askBatch(link: BrokerLink, type: CoordinatorType, group: readonly Open[]): Promise<void> {
    const { coordinators } = await link.call(findCoordinatorRequest, findCoordinatorResponse, {
      keyType: coordinatorTypes[type],
      coordinatorKeys: group.map(({ of }) => of.key),
    })
    const answers = new Map(coordinators.map(each => [each.key, each]))
    for (const each of group) this.#settle(each, answers.get(each.of.key))
  }

  async #askOne(link: BrokerLink, type: CoordinatorType, each: Open): Promise<void> {
    const value = { key: each.of.key, keyType: coordinatorTypes[type] }
    try {
      this.#settle(
        each,
        await link.call(findCoordinatorRequest, findCoordinatorResponse, value, { versionMax: batchVersion - 1 }),
      )
    } catch (error) {
      each.reject(error as Error)
    }
  }

  #settle(open: Open, answer: Answer | undefined): void {
    const { type, key } = open.of
    const errorCode = answer?.errorCode ?? errorCodes.COORDINATOR_NOT_AVAILABLE
    if (answer === undefined || errorCode !== errorCodes.NONE) {
      const text = answer?.errorMessage || new ProtocolError(errorCode as ErrorCode).message
      open.reject(new ProtocolError(errorCode as ErrorCode, `the coordinator of ${type} '${key}': ${text}`))
      return
    }
    const { nodeId, host, port } = answer
    this.#known.set(idOf(open.of), { nodeId, host, port })
    open.resolve({ nodeId, host, port })
  }
}

interface Open extends PromiseWithResolvers<Address & { nodeId: number }> {
  readonly of: CoordinatorKey
}

interface Answer {
  readonly errorCode: number
  readonly errorMessage: string | null
  readonly nodeId: number
  readonly host: string
  readonly port: number
}

function idOf({ type, key }: CoordinatorKey): string {
  return `${type} ${key}`
}

/** Whether an error says that the broker is not the coordinator, or not any more. */
export function isCoordinatorLost(error: unknown): boolean {
  if (!(error instanceof ProtocolError)) return true
  return error.errorCode === errorCodes.NOT_COORDINATOR || error.errorCode === errorCodes.COORDINATOR_NOT_AVAILABLE
}
