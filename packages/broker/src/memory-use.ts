import type { MemoryUse } from '@dorsale/base'
import type { FrameServer } from '@dorsale/transport'
import type { BrokerCore } from './core.ts'
import { replyBytesMax } from './listeners.ts'

/** What the broker keeps for its clients beside what the transport holds (ADR 0012). */
export function memoryUseOf(core: BrokerCore, server: Pick<FrameServer, 'openRequestCount'>): readonly MemoryUse[] {
  const { purgatory, fetchSessions, shareGroups, replyBudget, groups, replicas, config } = core
  let partitions = 0
  let watchers = 0
  let producers = 0
  for (const partition of replicas) {
    partitions++
    watchers += partition.fetchers.size
    // One whose directory has failed has no log.
    if (partition.isOnline) producers += partition.log.activeProducers().length
  }
  let members = 0
  for (const host of groups.hosts) members += host.look(({ memberCount }) => memberCount)
  const slots = config.values['max.incremental.fetch.session.cache.slots']
  const openRequests = server.openRequestCount
  return [
    // Each is a request that is open: whoever has gone waits for nothing.
    { what: 'parked requests', used: purgatory.size, bound: openRequests },
    { what: 'partitions that parked requests watch', used: watchers, bound: purgatory.size * partitions },
    {
      what: 'bytes that fetches have set aside',
      used: replyBudget.reserved,
      bound: replyBytesMax + openRequests * config.values['socket.request.max.bytes'],
    },
    // A fetch session is kept until its slot is wanted.
    { what: 'fetch sessions', used: fetchSessions.size, bound: slots, leftMax: slots },
    {
      what: 'share sessions',
      used: shareGroups.sessions.size,
      bound: config.values['group.share.max.share.sessions'],
    },
    { what: 'members of groups', used: members, bound: Number.POSITIVE_INFINITY },
    { what: 'producers that logs know', used: producers, bound: Number.POSITIVE_INFINITY },
  ]
}
