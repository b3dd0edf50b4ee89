import { assert, type Disk, replaceFileSync } from '@dorsale/base'
import { zeroUuid } from '@dorsale/protocol'
import { type ElectionState, formatQuorumState } from './quorum-state.ts'
import { RaftError } from './raft-error.ts'
import { candidate } from './roles/candidate.ts'
import { acknowledge, type Leader, leader } from './roles/leader.ts'
import { prospective } from './roles/prospective.ts'
import type { Role } from './roles/role.ts'
import { grant, hasMajority } from './roles/tally.ts'

export interface ElectionOptions {
  readonly disk: Disk
  /** Of `quorum-state`. */
  readonly path: string
  readonly self: { readonly id: number; readonly directoryId: string }
  readonly kraftVersion: number
  readonly voterIds: readonly number[]
  /** What `quorum-state` held; undefined: nothing. */
  readonly stored: ElectionState | undefined
  /** Epoch of the last record of the log or the newest snapshot. */
  readonly logEpoch: number
}

/**
 * The role of a node and how it changes. A change that promises something (a vote, leading an epoch) is on disk before anyone can rely on it.
 */
export class Election {
  readonly #options: ElectionOptions
  #role: Role

  constructor(options: ElectionOptions) {
    this.#options = options
    this.#role = startingRole(options)
  }

  get role(): Role {
    return this.#role
  }

  get epoch(): number {
    return this.#role.epoch
  }

  /** The leader of the epoch; -1 while unknown. */
  get leaderId(): number {
    const role = this.#role
    switch (role.kind) {
      case 'leader':
        return this.#options.self.id
      case 'candidate':
      case 'resigned':
        return -1
      default:
        return role.leaderId
    }
  }

  /** No leader was heard of in time, or there is nobody to hear of: asks for pre-votes, its own first. */
  timeOut(): void {
    const role = this.#role
    if (role.kind === 'leader' || role.kind === 'candidate') return
    const { self, voterIds } = this.#options
    const votedId = 'votedId' in role ? role.votedId : -1
    const votedDirectoryId = 'votedDirectoryId' in role ? role.votedDirectoryId : zeroUuid
    const leaderId = role.kind === 'resigned' ? -1 : role.leaderId
    this.#role = prospective({ epoch: role.epoch, leaderId, votedId, votedDirectoryId }, voterIds)
    this.receiveVote(self.id)
  }

  /** A voter grants what this node asks for: its pre-vote to a prospective, its vote to a candidate. */
  receiveVote(voterId: number): void {
    const role = this.#role
    if (role.kind !== 'prospective' && role.kind !== 'candidate') return
    this.#role = { ...role, tally: grant(role.tally, voterId) }
    if (role.kind === 'prospective' && hasMajority(this.#role.tally)) this.#stand(role.epoch + 1)
  }

  /** Whether a majority has elected this node, which then must append the first batch of its epoch. */
  get isElected(): boolean {
    return this.#role.kind === 'candidate' && hasMajority(this.#role.tally)
  }

  /** Takes the lead that it was elected to; its first batch will stand at this offset. */
  lead(epochStartOffset: number): Leader {
    assert(this.isElected, 'only the elected lead')
    const { voterIds } = this.#options
    const role = leader(this.#role.epoch, epochStartOffset, voterIds)
    this.#persist({ leaderId: this.#options.self.id, leaderEpoch: role.epoch, votedId: -1, votedDirectoryId: zeroUuid })
    this.#role = role
    return role
  }

  /** This node's own log is synced up to here. True when the high watermark moved. */
  acknowledgeOwn(endOffset: number): boolean {
    return this.#role.kind === 'leader' && acknowledge(this.#role, this.#options.self.id, endOffset)
  }

  resign(): void {
    this.#role = { kind: 'resigned', epoch: this.#role.epoch, leaderId: this.leaderId }
  }

  #stand(epoch: number): void {
    const { self, voterIds } = this.#options
    this.#persist({ leaderId: -1, leaderEpoch: epoch, votedId: self.id, votedDirectoryId: self.directoryId })
    this.#role = candidate(epoch, self, voterIds)
    this.receiveVote(self.id)
  }

  #persist(state: Omit<ElectionState, 'version' | 'voters'>): void {
    const { disk, path, kraftVersion, voterIds } = this.#options
    const version = kraftVersion === 0 ? 0 : 1
    const text = formatQuorumState({ ...state, version, voters: voterIds })
    replaceFileSync(disk, path, new TextEncoder().encode(text))
  }
}

function startingRole({ self, stored, logEpoch, voterIds }: ElectionOptions): Role {
  if (stored !== undefined && stored.leaderEpoch >= logEpoch) {
    const { leaderEpoch: epoch, leaderId, votedId, votedDirectoryId } = stored
    if (leaderId !== -1 && !voterIds.includes(leaderId)) {
      throw new RaftError(
        'DORSALE_RAFT_CORRUPT',
        `quorum-state names node ${leaderId} as the leader of epoch ${epoch}, which is none of the voters ${voterIds.join(', ')}`,
      )
    }
    if (leaderId === self.id) return { kind: 'resigned', epoch, leaderId }
    if (leaderId === -1 && votedId === self.id) {
      // It had stood and not yet led: nothing was appended in that epoch, so it may stand again.
      const standing = candidate(epoch, self, voterIds)
      return { ...standing, tally: grant(standing.tally, self.id) }
    }
    return { kind: 'unattached', epoch, leaderId, votedId, votedDirectoryId }
  }
  // No memory, or an older one than the log: the log's epoch is one that has been led, and we may have voted in it.
  return { kind: 'unattached', epoch: logEpoch, leaderId: -1, votedId: -1, votedDirectoryId: zeroUuid }
}
