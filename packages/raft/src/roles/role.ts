import type { Candidate } from './candidate.ts'
import type { Follower } from './follower.ts'
import type { Leader } from './leader.ts'
import type { Prospective } from './prospective.ts'
import type { Resigned } from './resigned.ts'
import type { Unattached } from './unattached.ts'

/**
 * What a node is in the quorum.
 *
 * ```
 *              timeout               majority, epoch + 1            majority
 *   unattached -------> prospective --------------------> candidate --------> leader --> resigned
 *       ^                    ^                                                              | timeout
 *       |                    +--------------------------------------------------------------+
 *       +-- a higher epoch, from any role          follower: the leader of the epoch is known, and another
 * ```
 */
export type Role = Unattached | Follower | Prospective | Candidate | Leader | Resigned
