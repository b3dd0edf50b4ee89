/** What the client reports, in the errors of kafkajs. */
import { DorsaleError, NetError, TlsError } from '@dorsale/base'
import { AuthenticationError, TransactionError } from '@dorsale/client'
import { type ErrorCode, errorOf, ProtocolError } from '@dorsale/protocol'
import {
  KafkaJSConnectionError,
  KafkaJSError,
  KafkaJSNonRetriableError,
  KafkaJSProtocolError,
  KafkaJSRequestTimeoutError,
  KafkaJSSASLAuthenticationError,
} from './errors.ts'

/** Kafka has renamed some errors since; applications for kafkajs know the old names. */
const oldNames: Readonly<Record<string, string>> = {
  UNKNOWN_SERVER_ERROR: 'UNKNOWN',
  NOT_LEADER_OR_FOLLOWER: 'NOT_LEADER_FOR_PARTITION',
  COORDINATOR_LOAD_IN_PROGRESS: 'GROUP_LOAD_IN_PROGRESS',
  COORDINATOR_NOT_AVAILABLE: 'GROUP_COORDINATOR_NOT_AVAILABLE',
  NOT_COORDINATOR: 'NOT_COORDINATOR_FOR_GROUP',
}

/** The error of a code. `message`: the broker's own sentence, where it sent one. */
export function protocolError(errorCode: number, message?: string | null): KafkaJSProtocolError {
  const { name, retriable, text } = errorOf(errorCode as ErrorCode)
  const reason = {
    name: 'KafkaJSProtocolError',
    message: message ? message : text,
    type: oldNames[name] ?? name,
    code: errorCode,
    retriable,
  }
  return new KafkaJSProtocolError(reason)
}

/** Puts an error of the client into kafkajs's terms. What is none of the client's stays as it is. */
export function asKafkaJSError(error: unknown): Error {
  if (error instanceof KafkaJSError) return error
  if (error instanceof TransactionError) return withCause(asKafkaJSError(error.cause ?? error.message), error)
  if (error instanceof ProtocolError) return withCause(protocolError(error.errorCode, error.message), error)
  if (error instanceof AuthenticationError) {
    return new KafkaJSSASLAuthenticationError(authenticationText(error.message), { cause: error })
  }
  if (error instanceof TlsError) return new KafkaJSConnectionError(error, { code: error.reason })
  if (error instanceof NetError) return new KafkaJSConnectionError(rootMessage(error), { code: error.errno })
  if (error instanceof DorsaleError) return operatingError(error)
  return error instanceof Error ? error : new KafkaJSError(String(error))
}

/** `PLAIN: why` in kafkajs's form; sentences that name no mechanism stay as they are. */
function authenticationText(message: string): string {
  const match = /^([A-Z][A-Z0-9-]*): (.*)$/s.exec(message)
  if (match === null) return message
  const [, mechanism = '', why] = match
  return `SASL ${mechanism.replace(/^SCRAM-SHA-/, 'SCRAM SHA')} authentication failed: ${why}`
}

function operatingError(error: DorsaleError): Error {
  const { cause } = error
  if (error.code === 'DORSALE_TIMEOUT') {
    // What kept it from being answered says more than that it took too long.
    if (cause instanceof Error) return asKafkaJSError(cause)
    return new KafkaJSRequestTimeoutError(error)
  }
  if (error.retriable) return new KafkaJSError(error, { cause: error })
  return new KafkaJSNonRetriableError(error, { cause: error })
}

function rootMessage(error: NetError): string {
  return error.cause instanceof Error ? `Connection error: ${error.cause.message || error.message}` : error.message
}

function withCause(error: Error, cause: Error): Error {
  if (error.cause === undefined) Object.defineProperty(error, 'cause', { value: cause, configurable: true })
  return error
}

/** Whether the group goes through a rebalance, so that what was asked for must wait until this is a member again. */
export function isRebalancing(error: unknown): boolean {
  const { type } = error as { type?: string }
  return type === 'REBALANCE_IN_PROGRESS' || type === 'NOT_COORDINATOR_FOR_GROUP' || type === 'ILLEGAL_GENERATION'
}
