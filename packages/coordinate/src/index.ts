export * from './controller/config-table.ts'
export * from './controller/result.ts'
export * from './metadata/image.ts'
