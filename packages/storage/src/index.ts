export * from './log-config.ts'
export { openLogManager } from './log-manager.ts'
export { openLoneLog } from './lone-log.ts'
export * from './types.ts'
