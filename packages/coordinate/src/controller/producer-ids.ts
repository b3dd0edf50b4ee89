import {
  type AllocateProducerIdsRequest,
  type AllocateProducerIdsResponse,
  allocateProducerIdsResponse,
  createMessage,
  errorCodes,
  metadataRecord,
  ProtocolError,
} from '@dorsale/protocol'
import { checkBrokerEpoch } from './brokers.ts'
import type { ControllerContext } from './context.ts'
import type { ControllerResult } from './result.ts'

/** Producer ids are handed to brokers in blocks, so that InitProducerId costs no metadata write. */
export const producerIdBlockSize = 1000

const int64Max = 0x7fff_ffff_ffff_ffffn

/** Gives a broker the next block of producer ids. */
export function allocateProducerIds(
  context: ControllerContext,
  request: AllocateProducerIdsRequest,
): ControllerResult<AllocateProducerIdsResponse> {
  checkBrokerEpoch(context, request.brokerId, request.brokerEpoch)
  const producerIdStart = context.metadata.nextProducerId
  if (producerIdStart > int64Max - BigInt(producerIdBlockSize)) {
    throw new ProtocolError(
      errorCodes.UNKNOWN_SERVER_ERROR,
      `Exhausted all producerIds as the next block's end producerId has exceeded the int64 type limit`,
    )
  }
  const record = metadataRecord('ProducerIdsRecord', 0, {
    brokerId: request.brokerId,
    brokerEpoch: request.brokerEpoch,
    nextProducerId: producerIdStart + BigInt(producerIdBlockSize),
  })
  const reply = createMessage(allocateProducerIdsResponse, { producerIdStart, producerIdLen: producerIdBlockSize })
  return { records: [record], reply }
}
