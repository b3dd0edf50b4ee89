import type { Prng } from '@dorsale/base'
import type { MetadataImage } from '../metadata/image.ts'
import type { BrokerSessions } from './broker-sessions.ts'
import type { ConfigTable } from './config-table.ts'
import type { ControllerConfig } from './types.ts'

/** What every decision of the controller may look at. */
export interface ControllerContext {
  readonly clusterId: string
  /** Metadata with every record appended so far, committed or not. */
  readonly metadata: MetadataImage
  readonly config: ControllerConfig
  readonly configTable: ConfigTable
  readonly prng: Prng
  /** Soft state. */
  readonly sessions: BrokerSessions
}
