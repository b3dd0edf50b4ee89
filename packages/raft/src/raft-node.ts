import { assert, DiskError, DorsaleError, type Timer } from '@dorsale/base'
import { type BatchHeader, buildBatch, readRecords } from '@dorsale/protocol'
import { CommitQueue } from './commit-queue.ts'
import { buildControlBatch, type ControlRecord, readControlBatch } from './control-records.ts'
import { Election } from './election.ts'
import { MetadataLog, metadataLogName } from './metadata-log.ts'
import { quorumStateFile, readQuorumState } from './quorum-state.ts'
import { RaftError } from './raft-error.ts'
import { encodeSnapshot, type ReadSnapshot, readSnapshot, snapshotName, writeSnapshot } from './snapshots.ts'
import type { Appended, CommittedBatch, QuorumView, RaftNode, RaftOptions, SnapshotId } from './types.ts'
import { type Quorum, sameEndpoints, supportedKraftVersions, type Voter } from './voters.ts'

/**
 * Opens this node's copy of the replicated log and, being the only voter, leads it: reads the newest snapshot and the log behind it, is elected in
 * a new epoch, writes and syncs the leader-change batch, and delivers everything to the listener, `onLeaderChange` last.
 *
 * Rejects with a `RaftError`: files that contradict each other or this node's identity, voters other than this node.
 */
export async function openRaft<T>(options: RaftOptions<T>): Promise<RaftNode<T>> {
  const node = new Node(options)
  await node.open()
  return node
}

class Node<T> implements RaftNode<T> {
  readonly #options: RaftOptions<T>
  #log!: MetadataLog
  #election!: Election
  #quorum: Quorum = { kraftVersion: 0, voters: [] }
  readonly #pending = new CommitQueue<T>()
  /** Everything below is in the listener's state. */
  #deliveredOffset = 0
  #deliveredEpoch = 0
  #deliveredTimestamp = 0
  /** Delivery waits until what is older has been read from the disk. */
  #loading = true
  #syncedOffset = 0
  #syncing: Promise<void> | undefined
  #syncWaiters: { endOffset: number; resolve: () => void; reject: (error: Error) => void }[] = []
  #bytesSinceSnapshot = 0
  #snapshotting: Promise<void> | undefined
  #snapshotTimer: Timer | undefined
  #failure: RaftError | undefined
  #closed: Promise<void> | undefined

  constructor(options: RaftOptions<T>) {
    this.#options = options
  }

  get quorum(): QuorumView {
    const role = this.#election.role
    const isLeader = role.kind === 'leader'
    const now = isLeader ? this.#options.clock.now() : -1
    return {
      kraftVersion: this.#quorum.kraftVersion,
      leaderId: this.#election.leaderId,
      leaderEpoch: role.epoch,
      highWatermark: isLeader ? role.highWatermark : -1,
      logStartOffset: this.#log.startOffset,
      logEndOffset: this.#log.endOffset,
      voters: this.#quorum.voters.map(voter => ({
        id: voter.id,
        directoryId: voter.directoryId,
        endpoints: voter.endpoints,
        logEndOffset: voter.id === this.#options.nodeId ? this.#log.endOffset : -1,
        lastFetchTimestamp: voter.id === this.#options.nodeId ? now : -1,
        lastCaughtUpTimestamp: voter.id === this.#options.nodeId ? now : -1,
      })),
      observers: [],
    }
  }

  append(records: readonly T[]): Appended {
    assert(records.length > 0, 'a batch of the metadata log holds records')
    const timestamp = this.#options.clock.now()
    const epoch = this.#leadingEpoch()
    const batch = buildBatch(
      records.map(record => ({ timestamp, value: this.#options.serde.encode(record) })),
      { partitionLeaderEpoch: epoch },
    )
    return this.#append(batch, records, timestamp)
  }

  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async open(): Promise<void> {
    const { logDirectory, listener, config } = this.#options
    this.#log = await MetadataLog.open({ ...this.#options, onOffline: error => this.#halt(error) })
    try {
      const snapshot = this.#readSnapshot()
      await this.#readQuorum(snapshot)
      this.#election = new Election({
        disk: this.#options.disk,
        path: `${logDirectory}/${metadataLogName}/${quorumStateFile}`,
        self: { id: this.#options.nodeId, directoryId: this.#options.directoryId },
        kraftVersion: this.#quorum.kraftVersion,
        voterIds: this.#quorum.voters.map(voter => voter.id),
        stored: readQuorumState(this.#options.disk, `${logDirectory}/${metadataLogName}/${quorumStateFile}`),
        logEpoch: this.#log.latestEpoch,
      })
      // There is nobody whose silence could be waited for.
      this.#election.timeOut()
      await this.#lead(snapshot)
    } catch (error) {
      this.#failure ??= new RaftError('DORSALE_RAFT_CLOSED', 'the metadata log could not be opened')
      await this.#log.close()
      throw error
    }
    listener.onLeaderChange({ leaderId: this.#options.nodeId, epoch: this.#election.epoch }, this)
    if (config.snapshotIntervalMs > 0) this.#scheduleSnapshot()
  }

  #readSnapshot(): ReadSnapshot<T> | undefined {
    const file = this.#log.latestSnapshot
    return file === undefined ? undefined : readSnapshot(this.#options.disk, file, this.#options.serde)
  }

  /** The voters are those of the last record that names them: in the log, else in the snapshot, else as the formatter wrote them. */
  async #readQuorum(snapshot: ReadSnapshot<T> | undefined): Promise<void> {
    const { disk, serde, listener, nodeId, directoryId, endpoints } = this.#options
    const bootstrapFile = this.#log.bootstrapSnapshot
    const bootstrap = bootstrapFile === undefined ? undefined : readSnapshot(disk, bootstrapFile, serde)
    if (snapshot === undefined && bootstrap !== undefined) listener.onBootstrap(bootstrap.records)
    if (snapshot === undefined && bootstrap === undefined && this.#log.nextOffset === 0) {
      throw new RaftError(
        'DORSALE_RAFT_CORRUPT',
        `${this.#log.directory} holds neither a log nor a snapshot: format it first`,
      )
    }
    const base = snapshot ?? bootstrap
    let quorum: Quorum = base?.quorum ?? { kraftVersion: 0, voters: [] }
    await this.#log.walk(base?.id.endOffset ?? 0, this.#log.endOffset, header => {
      if (!header.isControl) return
      for (const record of readControlBatch(header)) {
        if (record.type === 'kraft-version') quorum = { ...quorum, kraftVersion: record.version }
        if (record.type === 'voters') quorum = { ...quorum, voters: record.voters }
      }
    })
    if (quorum.kraftVersion === 0) {
      // The voters stand in the configuration, which knows this node as the only one.
      const self = { id: nodeId, directoryId, endpoints, kraftVersions: supportedKraftVersions }
      quorum = { kraftVersion: 0, voters: [self] }
    }
    this.#quorum = quorum
    this.#checkVoters()
  }

  #checkVoters(): void {
    const { nodeId, directoryId } = this.#options
    const { voters, kraftVersion } = this.#quorum
    if (kraftVersion > supportedKraftVersions.max) {
      throw new RaftError(
        'DORSALE_RAFT_FOREIGN',
        `the metadata log is of kraft.version ${kraftVersion}, which is not known here`,
      )
    }
    const self = voters.find(voter => voter.id === nodeId && voter.directoryId === directoryId)
    if (self === undefined) {
      const known = voters.map(voter => `${voter.id} with directory ${voter.directoryId}`).join(', ')
      throw new RaftError(
        'DORSALE_RAFT_FOREIGN',
        `node ${nodeId} with directory ${directoryId} is no voter of this metadata log; its voters are: ${known}`,
      )
    }
    if (voters.length > 1) {
      const ids = voters.map(voter => voter.id).join(', ')
      throw new RaftError(
        'DORSALE_RAFT_FOREIGN',
        `the metadata log has the voters ${ids}; a quorum of one is what can be served`,
      )
    }
  }

  async #lead(snapshot: ReadSnapshot<T> | undefined): Promise<void> {
    const { clock, listener } = this.#options
    const controls = this.#firstRecords()
    const epochStartOffset = this.#log.nextOffset
    this.#election.lead(epochStartOffset)
    this.#log.assignEpoch(this.#election.epoch)
    const timestamp = clock.now()
    const batch = buildControlBatch(controls, { baseOffset: epochStartOffset, epoch: this.#election.epoch, timestamp })
    // Delivered, and so resolved, below; a failure is reported by the sync that is waited for.
    this.#append(batch, [], timestamp).committed.catch(() => {})
    await this.#durable()

    if (snapshot !== undefined) {
      listener.onSnapshot(snapshot)
      this.#deliveredOffset = snapshot.id.endOffset
      this.#deliveredEpoch = snapshot.id.epoch
      this.#deliveredTimestamp = snapshot.lastContainedTimestamp
    }
    await this.#log.walk(this.#deliveredOffset, epochStartOffset, header => this.#deliver(this.#decode(header)))
    this.#loading = false
    this.#deliverPending()
    if (this.#failure !== undefined) throw this.#failure
  }

  /** What a leader writes first: that it leads; in an empty log, who votes; and its own endpoints where they have changed. */
  #firstRecords(): ControlRecord[] {
    const { nodeId, endpoints } = this.#options
    const { kraftVersion, voters } = this.#quorum
    const leaderChange: ControlRecord = {
      type: 'leader-change',
      leaderId: nodeId,
      voterIds: voters.map(voter => voter.id),
    }
    if (kraftVersion === 0) return [leaderChange]
    const self = voters.find(voter => voter.id === nodeId)!
    const updated: Voter = { ...self, endpoints }
    const isFirst = this.#log.nextOffset === 0
    if (!isFirst && sameEndpoints(self.endpoints, endpoints)) return [leaderChange]
    this.#quorum = { kraftVersion, voters: voters.map(voter => (voter.id === nodeId ? updated : voter)) }
    const votersRecord: ControlRecord = { type: 'voters', voters: this.#quorum.voters }
    if (!isFirst) return [leaderChange, votersRecord]
    return [leaderChange, { type: 'kraft-version', version: kraftVersion }, votersRecord]
  }

  #leadingEpoch(): number {
    if (this.#failure !== undefined) throw this.#failure
    if (this.#closed !== undefined) throw new RaftError('DORSALE_RAFT_CLOSED', 'the metadata log is closed')
    const role = this.#election.role
    if (role.kind !== 'leader') throw new RaftError('DORSALE_RAFT_NOT_LEADER', 'this node does not lead the quorum')
    return role.epoch
  }

  #append(batch: Uint8Array, records: readonly T[], appendTimestamp: number): Appended {
    const epoch = this.#leadingEpoch()
    let place: { readonly firstOffset: number; readonly lastOffset: number }
    try {
      place = this.#log.append(batch, epoch, error => {
        if (error === undefined) this.#syncSoon()
        else this.#halt(error)
      })
    } catch (error) {
      // The disk failed before there was a place for the batch (a segment could not be begun). Its sender hears so as when it fails later.
      const baseOffset = this.#log.nextOffset
      this.#halt(error as Error)
      const lastOffset = baseOffset + Math.max(records.length, 1) - 1
      return { baseOffset, lastOffset, epoch, committed: Promise.reject(this.#failure) }
    }
    const { firstOffset, lastOffset } = place
    const committed = new Promise<void>((resolve, reject) => {
      const position = { baseOffset: firstOffset, lastOffset, epoch, appendTimestamp, sizeInBytes: batch.length }
      this.#pending.push({ batch: { ...position, records }, resolve, reject })
    })
    return { baseOffset: firstOffset, lastOffset, epoch, committed }
  }

  /** Group commit: while one sync is under way, what is written meanwhile gathers for the next. */
  #syncSoon(): void {
    this.#syncing ??= this.#syncAll().finally(() => {
      this.#syncing = undefined
    })
  }

  async #syncAll(): Promise<void> {
    while (this.#failure === undefined && this.#syncedOffset < this.#log.endOffset) {
      const target = this.#log.endOffset
      try {
        await this.#log.sync()
      } catch (error) {
        // What the platter holds is unknown now, and a second sync would hide it (D9).
        this.#halt(error as Error)
        return
      }
      this.#syncedOffset = target
      const waiting = this.#syncWaiters
      this.#syncWaiters = waiting.filter(waiter => waiter.endOffset > target)
      for (const waiter of waiting) if (waiter.endOffset <= target) waiter.resolve()
      if (this.#election.acknowledgeOwn(target)) {
        this.#log.advanceHighWatermark(target)
        if (!this.#loading) this.#deliverPending()
      }
    }
  }

  /** Resolves when everything appended so far is on the platter; rejects when it never will be. */
  #durable(): Promise<void> {
    const endOffset = this.#log.nextOffset
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    if (this.#syncedOffset >= endOffset) return Promise.resolve()
    return new Promise((resolve, reject) => this.#syncWaiters.push({ endOffset, resolve, reject }))
  }

  #decode(header: BatchHeader): CommittedBatch<T> {
    const records: T[] = []
    if (!header.isControl) {
      for (const { value, offset } of readRecords(header)) {
        if (value === null) throw new RaftError('DORSALE_RAFT_CORRUPT', `the record at offset ${offset} has no value`)
        // A snapshot may end inside a batch: what it holds is not told twice.
        if (offset >= this.#deliveredOffset) records.push(this.#options.serde.decode(value))
      }
    }
    return {
      baseOffset: header.baseOffset,
      lastOffset: header.lastOffset,
      epoch: header.partitionLeaderEpoch,
      appendTimestamp: header.maxTimestamp,
      sizeInBytes: header.sizeInBytes,
      records,
    }
  }

  #deliver(batch: CommittedBatch<T>): void {
    this.#options.listener.onCommit(batch)
    this.#deliveredOffset = batch.lastOffset + 1
    this.#deliveredEpoch = batch.epoch
    this.#deliveredTimestamp = batch.appendTimestamp
    this.#bytesSinceSnapshot += batch.sizeInBytes
  }

  #deliverPending(): void {
    const role = this.#election.role
    if (role.kind !== 'leader') return
    for (let next = this.#pending.take(role.highWatermark); next; next = this.#pending.take(role.highWatermark)) {
      try {
        this.#deliver(next.batch)
      } catch (error) {
        // Committed records that cannot be applied: the state is not that of the log any more.
        next.reject(error as Error)
        this.#halt(error as Error)
        return
      }
      next.resolve()
    }
    if (this.#bytesSinceSnapshot >= this.#options.config.snapshotBytes) this.#takeSnapshot()
  }

  #scheduleSnapshot(): void {
    this.#snapshotTimer = this.#options.clock.setTimer(this.#options.config.snapshotIntervalMs, () => {
      this.#takeSnapshot()
      this.#scheduleSnapshot()
    })
  }

  #takeSnapshot(): void {
    if (this.#snapshotting !== undefined || this.#failure !== undefined || this.#closed !== undefined) return
    const id: SnapshotId = { endOffset: this.#deliveredOffset, epoch: this.#deliveredEpoch }
    if (id.endOffset <= (this.#log.latestSnapshot?.id.endOffset ?? 0)) return
    const records = this.#options.listener.snapshotRecords()
    if (records === undefined) return
    const content = { id, lastContainedTimestamp: this.#deliveredTimestamp, quorum: this.#quorum, records }
    const batches = encodeSnapshot(content, this.#options.serde, this.#options.clock.now())
    this.#bytesSinceSnapshot = 0
    this.#snapshotting = this.#writeSnapshot(id, batches).finally(() => {
      this.#snapshotting = undefined
    })
  }

  async #writeSnapshot(id: SnapshotId, batches: readonly Uint8Array[]): Promise<void> {
    const { disk, clock, logger } = this.#options
    try {
      await writeSnapshot(disk, this.#log.directory, id, batches)
      const size = batches.reduce((sum, batch) => sum + batch.length, 0)
      const path = `${this.#log.directory}/${snapshotName(id)}`
      this.#log.noteSnapshot({ id, path, size, modifiedMs: clock.now() })
      logger.info('metadata snapshot written', { endOffset: id.endOffset, epoch: id.epoch, size })
      this.#log.applyRetention(clock.now())
    } catch (error) {
      // Without room there is no snapshot this time, and the log still holds everything. Any other failure leaves the disk in doubt.
      if (error instanceof DiskError && error.errno === 'ENOSPC') {
        logger.warn('no room for a metadata snapshot; the log goes on growing', { error })
      } else this.#halt(error as Error)
    }
  }

  #halt(cause: Error): void {
    if (this.#failure !== undefined) return
    const reason = cause instanceof DorsaleError ? cause.message : String(cause)
    this.#failure = new RaftError('DORSALE_RAFT_HALTED', `the metadata log failed: ${reason}`, { cause })
    this.#options.logger.error('the metadata log failed; this node stops', { error: cause })
    this.#snapshotTimer?.cancel()
    this.#pending.rejectAll(this.#failure)
    for (const waiter of this.#syncWaiters) waiter.reject(this.#failure)
    this.#syncWaiters = []
    this.#options.listener.onHalt(this.#failure)
  }

  async #close(): Promise<void> {
    this.#snapshotTimer?.cancel()
    await this.#snapshotting
    if (this.#failure === undefined) {
      try {
        await this.#durable()
      } catch (error) {
        this.#options.logger.warn('the metadata log was closed with records that are not committed', { error })
      }
    }
    this.#election.resign()
    this.#pending.rejectAll(new RaftError('DORSALE_RAFT_CLOSED', 'the metadata log was closed'))
    try {
      await this.#log.close()
    } catch (error) {
      if (this.#failure === undefined) throw error
      this.#options.logger.warn('the files of the failed metadata log could not be closed', { error })
    }
  }
}
