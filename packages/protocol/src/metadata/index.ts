export * from './features.ts'
export * from './metadata-record.ts'
