export * from './bytes/index.ts'
export * from './codec/index.ts'
export * from './records/index.ts'
export * from './table/index.ts'
