import { f, int16, int32, type MessageOf, message } from '../table/index.ts'

/** Answers HeartbeatRequest. */
export const heartbeatResponse = message({
  name: 'HeartbeatResponse',
  type: 'response',
  apiKey: 12,
  validVersions: '0-4',
  flexibleVersions: '4+',
  fields: {
    throttleTimeMs: f(int32, '1+', 'Milliseconds the client is asked to pause because of a quota, 0 for none.', {
      ignorable: true,
    }),
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
  },
})

export interface HeartbeatResponse extends MessageOf<typeof heartbeatResponse> {}
