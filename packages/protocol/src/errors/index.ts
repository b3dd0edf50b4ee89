export type { ErrorAction } from './error-table.ts'
export {
  type ErrorCode,
  type ErrorName,
  errorCodes,
  errorOf,
  type KafkaError,
  kafkaErrors,
  ProtocolError,
} from './errors.ts'
