import { errorCodes, type HeartbeatRequest, ProtocolError } from '@dorsale/protocol'
import type { GroupContext } from '../group-context.ts'
import type { ClassicGroup } from './classic-group.ts'
import { restartSession } from './rebalance.ts'

/** Heartbeat of a classic group: the member lives; answers the error code, which tells it when to join again. */
export function heartbeat(context: GroupContext, group: ClassicGroup, request: HeartbeatRequest): number {
  const member = group.checkMember(request.memberId, request.groupInstanceId)
  if (request.generationId !== group.generationId) throw new ProtocolError(errorCodes.ILLEGAL_GENERATION)
  restartSession(context, group, member)
  return group.state === 'PreparingRebalance' ? errorCodes.REBALANCE_IN_PROGRESS : errorCodes.NONE
}
