import { DorsaleError } from '@dorsale/base'
import { type ErrorCode, errorCodes, ProtocolError } from '@dorsale/protocol'

/** What an error means for the transaction: it can still be aborted and the producer goes on, or the producer can do nothing any more (KIP-1050). */
export type Severity = 'abortable' | 'fatal'

/**
 * A transaction failed. `code` says what to do: `DORSALE_TRANSACTION_ABORTABLE` (call `abortTransaction`, then begin anew) or
 * `DORSALE_TRANSACTION_FATAL` (close the producer: it was fenced by a newer one with the same transactional id, or is not allowed). `cause` is why.
 */
export class TransactionError extends DorsaleError {
  override readonly name = 'TransactionError'
  readonly severity: Severity

  constructor(transactionalId: string, severity: Severity, cause: Error) {
    const what =
      severity === 'fatal'
        ? `the producer with transactional.id '${transactionalId}' cannot go on, close it`
        : `the transaction of '${transactionalId}' must be aborted`
    super(`DORSALE_TRANSACTION_${severity === 'fatal' ? 'FATAL' : 'ABORTABLE'}`, `${what}: ${cause.message}`, { cause })
    this.severity = severity
  }
}

/** A transactional method was called at the wrong time. */
export function misuse(text: string): DorsaleError {
  return new DorsaleError('DORSALE_TRANSACTION_STATE', text)
}

/** Where an error comes from: the request that gives out the producer's epoch, another one to a coordinator, or a batch. */
export type ErrorSource = 'identity' | 'coordinator' | 'batch'

/** Whoever gets these is not, or no longer, the producer of the transactional id. */
const fatalCodes = new Set<ErrorCode>([
  errorCodes.PRODUCER_FENCED,
  errorCodes.TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
  errorCodes.CLUSTER_AUTHORIZATION_FAILED,
  errorCodes.UNSUPPORTED_VERSION,
  errorCodes.UNSUPPORTED_FOR_MESSAGE_FORMAT,
])

/** What a coordinator refuses for the sake of one topic, one group, or one transaction. */
const abortableCodes = new Set<ErrorCode>([
  errorCodes.TOPIC_AUTHORIZATION_FAILED,
  errorCodes.OPERATION_NOT_ATTEMPTED,
  errorCodes.INVALID_TOPIC_EXCEPTION,
  errorCodes.GROUP_AUTHORIZATION_FAILED,
  errorCodes.INVALID_GROUP_ID,
  errorCodes.OFFSET_METADATA_TOO_LARGE,
  errorCodes.INVALID_COMMIT_OFFSET_SIZE,
  // The consumer whose offsets these are is not in its group any more: another one will process them again.
  errorCodes.FENCED_INSTANCE_ID,
  errorCodes.ILLEGAL_GENERATION,
  errorCodes.UNKNOWN_MEMBER_ID,
  errorCodes.STALE_MEMBER_EPOCH,
  // The coordinator has forgotten this producer id; a new epoch makes it known again.
  errorCodes.UNKNOWN_PRODUCER_ID,
  errorCodes.INVALID_PRODUCER_ID_MAPPING,
  errorCodes.TRANSACTION_ABORTABLE,
])

/** As Kafka's Java producer decides it. What is retriable has been tried again before it comes here. */
export function severityOf(error: Error, source: ErrorSource): Severity {
  if (!(error instanceof ProtocolError)) {
    // A batch that was not delivered in time, say. A coordinator's answer that cannot be had is tried for as long as the producer is open.
    return source === 'batch' ? 'abortable' : 'fatal'
  }
  if (error.errorCode === errorCodes.TRANSACTION_ABORTABLE) return 'abortable'
  if (fatalCodes.has(error.errorCode)) return 'fatal'
  if (source === 'batch') return 'abortable'
  if (source === 'identity') return 'fatal'
  return abortableCodes.has(error.errorCode) ? 'abortable' : 'fatal'
}

/** INVALID_PRODUCER_EPOCH from a coordinator means what PRODUCER_FENCED says in newer versions; in the answer to a batch it does not. */
export function asFenced(errorCode: ErrorCode, message?: string | null): ProtocolError {
  const code = errorCode === errorCodes.INVALID_PRODUCER_EPOCH ? errorCodes.PRODUCER_FENCED : errorCode
  return new ProtocolError(code, message ?? undefined)
}
