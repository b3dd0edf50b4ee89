import { type ErrorCode, errorCodes, ProtocolError } from '@dorsale/protocol'

/** What a broker answered for one thing. */
export type Answer<Value> = { readonly value: Value } | { readonly error: Error }

/** A part of a response that may carry an error. */
export interface ErrorRow {
  readonly errorCode: number
  readonly errorMessage?: string | null
}

/** The answer in a row of a response. A broker that passes over what it was asked for has failed: undefined is an error. */
export function answerOf<Row extends ErrorRow, Value>(
  subject: string,
  row: Row | undefined,
  read: (row: Row) => Value,
): Answer<Value> {
  if (row === undefined) return { error: unanswered(subject) }
  const error = errorIn(subject, row)
  return error === undefined ? { value: read(row) } : { error }
}

/** As `answerOf`, for rows that only say whether it was done. */
export function doneOf(subject: string, row: ErrorRow | undefined): Answer<void> {
  return answerOf<ErrorRow, void>(subject, row, () => undefined)
}

/** The error of a row, with the broker's own sentence when it has one; undefined when there is none. */
export function errorIn(subject: string, { errorCode, errorMessage }: ErrorRow): ProtocolError | undefined {
  if (errorCode === errorCodes.NONE) return undefined
  const code = errorCode as ErrorCode
  // KRaft brokers put an empty sentence where older ones put none.
  const text = errorMessage ? errorMessage : new ProtocolError(code).message
  return new ProtocolError(code, `${subject}: ${text}`)
}

/** Throws the error of a whole response. */
export function refuse(subject: string, row: ErrorRow): void {
  const error = errorIn(subject, row)
  if (error !== undefined) throw error
}

export function unanswered(subject: string): ProtocolError {
  return new ProtocolError(errorCodes.UNKNOWN_SERVER_ERROR, `${subject}: the broker's response does not mention it`)
}
