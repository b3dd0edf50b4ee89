import type { LogDirectory } from '@dorsale/storage'
import type { BrokerValues } from './config/index.ts'

/** `cordoned.log.dirs` (KIP-1066): whether a log directory takes no new replicas. What lies in it stays and is served. */
export function isCordoned(values: BrokerValues, { path }: LogDirectory): boolean {
  return values['cordoned.log.dirs'].some(each => each === '*' || each === path)
}
