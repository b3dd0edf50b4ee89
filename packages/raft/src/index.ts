export * from './format/storage-error.ts'
export * from './format/types.ts'
export * from './raft-error.ts'
export * from './types.ts'
