export * from './log-config.ts'
export { openLogManager } from './log-manager.ts'
export * from './types.ts'
