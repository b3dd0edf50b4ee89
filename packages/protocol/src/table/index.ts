export * from './message.ts'
export * from './types.ts'
export * from './version-range.ts'
