import { DorsaleError } from '@dorsale/base'
import { type ErrorAction, errorRows } from './error-table.ts'

type Row = (typeof errorRows)[number]

export type ErrorName = Row[1]
export type ErrorCode = Row[0]

/** One row of the table of errors. */
export interface KafkaError {
  readonly code: ErrorCode
  readonly name: ErrorName
  readonly action: ErrorAction
  /** The same request may succeed later: the action is `retry` or `refresh`. */
  readonly retriable: boolean
  /** One sentence in our words. */
  readonly text: string
}

/** Error codes by name: `errorCodes.REBALANCE_IN_PROGRESS` is 27. */
export const errorCodes = Object.fromEntries(errorRows.map(([code, name]) => [name, code])) as {
  readonly [R in Row as R[1]]: R[0]
}

const byCode: ReadonlyMap<number, KafkaError> = new Map(
  errorRows.map(([code, name, action, text]) => [
    code,
    { code, name, action, retriable: action === 'retry' || action === 'refresh', text },
  ]),
)

/** Every error, by code. */
export const kafkaErrors: readonly KafkaError[] = [...byCode.values()]

/** The error of a code from the wire. A code that this release does not know is an unknown server error, as for Kafka's clients. */
export function errorOf(code: number): KafkaError {
  return byCode.get(code) ?? byCode.get(errorCodes.UNKNOWN_SERVER_ERROR)!
}

/**
 * An error that Kafka's protocol has a code for: thrown by whoever handles a request, answered as the code in its response; thrown
 * to the caller of a client. `code` is `DORSALE_PROTOCOL`; match `errorCode`.
 */
export class ProtocolError extends DorsaleError {
  override readonly name = 'ProtocolError'
  readonly errorCode: ErrorCode
  /** Kafka's name of the code. */
  readonly errorName: ErrorName
  readonly action: ErrorAction

  constructor(errorCode: ErrorCode, message?: string, options: { cause?: unknown } = {}) {
    const error = errorOf(errorCode)
    super('DORSALE_PROTOCOL', message ?? error.text, { cause: options.cause, retriable: error.retriable })
    this.errorCode = error.code
    this.errorName = error.name
    this.action = error.action
  }
}
