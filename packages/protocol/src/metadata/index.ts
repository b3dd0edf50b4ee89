export * from './directory-ids.ts'
export * from './features.ts'
export * from './metadata-record.ts'
