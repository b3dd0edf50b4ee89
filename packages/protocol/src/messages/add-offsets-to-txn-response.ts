import { f, int16, int32, type MessageOf, message } from '../table/index.ts'

/** Answers AddOffsetsToTxnRequest. */
export const addOffsetsToTxnResponse = message({
  name: 'AddOffsetsToTxnResponse',
  type: 'response',
  apiKey: 25,
  validVersions: '0-4',
  flexibleVersions: '3+',
  fields: {
    throttleTimeMs: f(int32, '0+', 'Milliseconds the client is asked to pause because of a quota, 0 for none.'),
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
  },
})

export interface AddOffsetsToTxnResponse extends MessageOf<typeof addOffsetsToTxnResponse> {}
