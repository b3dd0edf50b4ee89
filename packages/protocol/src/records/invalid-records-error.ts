import { DorsaleError } from '@dorsale/base'
import type { ErrorCode } from '../errors/index.ts'

/**
 * A batch whose records are not what it claims to hold. `code` is `DORSALE_INVALID_RECORDS`; `errorCode` is the error that Kafka
 * answers a producer of such a batch.
 */
export class InvalidRecordsError extends DorsaleError {
  override readonly name = 'InvalidRecordsError'
  readonly errorCode: ErrorCode

  constructor(errorCode: ErrorCode, reason: string, cause?: unknown) {
    super('DORSALE_INVALID_RECORDS', reason, { cause })
    this.errorCode = errorCode
  }
}
