import { DorsaleError } from '@dorsale/base'

export type RaftErrorCode =
  /** This node may not append: it does not lead, or no longer. */
  | 'DORSALE_RAFT_NOT_LEADER'
  /** The node was closed. */
  | 'DORSALE_RAFT_CLOSED'
  /** A write or an fsync of the metadata log failed; the process must stop (D9). */
  | 'DORSALE_RAFT_HALTED'
  /** Files on disk are damaged, or contradict each other. */
  | 'DORSALE_RAFT_CORRUPT'
  /** The log is sound, but of a quorum that this node cannot serve: it is no voter, or not the only one, or the log is of a later version. */
  | 'DORSALE_RAFT_FOREIGN'

/** The metadata log refused or failed. */
export class RaftError extends DorsaleError {
  override readonly name = 'RaftError'

  constructor(code: RaftErrorCode, message: string, options: { cause?: unknown; retriable?: boolean } = {}) {
    super(code, message, options)
  }
}
