import { type AcknowledgementBatch, acknowledgeTypes } from '@dorsale/coordinate'
import { errorCodes, ProtocolError } from '@dorsale/protocol'
import type { BrokerCore } from '../core.ts'
import type { ShareTarget } from './share-sessions.ts'

/** What a request says of the records of a partition. */
export interface PartitionAcknowledgement {
  readonly target: ShareTarget
  readonly batches: readonly AcknowledgementBatch[]
}

/** How that went; undefined: well. */
export interface AcknowledgementOutcome {
  readonly target: ShareTarget
  readonly error: ProtocolError | undefined
}

/** By which rules the batches are held. */
export interface AcknowledgementRules {
  /** Version 2 and later know how to renew a lock. */
  readonly supportsRenew: boolean
  /** The request says that it renews. */
  readonly isRenewAck: boolean
  /** Throws when the member may not read a topic. */
  readonly checkRead: (topicId: string) => void
}

/** Settles what a member says, partition by partition; `done` is called once, when all of it is written down or refused. */
export function acknowledgeAll(
  { shareGroups, image }: BrokerCore,
  { groupId, memberId }: { readonly groupId: string; readonly memberId: string },
  partitions: readonly PartitionAcknowledgement[],
  rules: AcknowledgementRules,
  done: (outcomes: AcknowledgementOutcome[]) => void,
): void {
  const outcomes: AcknowledgementOutcome[] = []
  let openCount = 1
  const close = () => {
    if (--openCount === 0) done(outcomes)
  }
  for (const { target, batches } of partitions) {
    // Nothing is said, and nothing answered, as in Kafka; a topic that is not there is told of all the same.
    if (batches.length === 0 && image.topicsById.has(target.topicId)) continue
    openCount++
    const settle = (error: ProtocolError | undefined) => {
      outcomes.push({ target, error })
      close()
    }
    try {
      rules.checkRead(target.topicId)
      checkBatches(batches, rules)
      shareGroups.partitionOf(target)
      const host = shareGroups.find({ groupId, ...target })
      if (host === undefined) throw new ProtocolError(errorCodes.UNKNOWN_TOPIC_OR_PARTITION)
      host.acknowledge(memberId, batches, settle)
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      settle(error)
    }
  }
  close()
}

/** Throws INVALID_REQUEST: batches are in order, and say one thing for all of their offsets or one for each. */
function checkBatches(
  batches: readonly AcknowledgementBatch[],
  { supportsRenew, isRenewAck }: Pick<AcknowledgementRules, 'supportsRenew' | 'isRenewAck'>,
): void {
  const typeMax = supportsRenew ? acknowledgeTypes.renew : acknowledgeTypes.reject
  let end = -1
  for (const { firstOffset, lastOffset, acknowledgeTypes: types } of batches) {
    if (firstOffset > lastOffset || firstOffset < end) {
      throw invalid(`the range ${firstOffset} to ${lastOffset} does not follow those before it`)
    }
    if (types.length === 0 || (types.length > 1 && types.length !== lastOffset - firstOffset + 1)) {
      throw invalid(`${types.length} types of acknowledgement for the range ${firstOffset} to ${lastOffset}`)
    }
    for (const type of types) {
      if (type < 0 || type > typeMax) throw invalid(`no type of acknowledgement: ${type}`)
      if (type === acknowledgeTypes.renew && !isRenewAck) throw invalid('the request does not say that it renews')
    }
    end = lastOffset
  }
}

function invalid(text: string): ProtocolError {
  return new ProtocolError(errorCodes.INVALID_REQUEST, text)
}
