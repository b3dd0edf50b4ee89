export * from './batch-cursor.ts'
export * from './batch-stamp.ts'
export type { ProducerId } from './int64.ts'
export * from './record-batch.ts'
