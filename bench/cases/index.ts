import type { Case } from '../case.ts'
import { catchUpCase } from './catch-up.ts'
import { connectionsCase } from './connections.ts'
import { flushCase } from './flush.ts'
import { latencyCase } from './latency.ts'
import { partitionsCase } from './partitions.ts'
import { restartCase } from './restart.ts'
import { smallFetchesCase } from './small-fetches.ts'
import { soakCase } from './soak.ts'
import { startCase } from './start.ts'
import { throughputCases } from './throughput.ts'

/** In the order in which they run and are reported. */
export const cases: readonly Case[] = [
  startCase,
  ...throughputCases,
  smallFetchesCase,
  latencyCase,
  flushCase,
  catchUpCase,
  connectionsCase,
  partitionsCase,
  restartCase,
  soakCase,
]
