import { errorCodes } from '@dorsale/protocol'

/** How a fenced producer is told: clients from before PRODUCER_FENCED know INVALID_PRODUCER_EPOCH. */
export function fencedCode(errorCode: number, understandsFenced: boolean): number {
  return errorCode === errorCodes.PRODUCER_FENCED && !understandsFenced ? errorCodes.INVALID_PRODUCER_EPOCH : errorCode
}
