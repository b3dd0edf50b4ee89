import { bytes, f, int16, int32, type MessageOf, message, nullable, string } from '../table/index.ts'

/** SyncGroupResponse. */
export const syncGroupResponse = message({
  name: 'SyncGroupResponse',
  type: 'response',
  apiKey: 14,
  validVersions: '0-5',
  flexibleVersions: '4+',
  fields: {
    throttleTimeMs: f(int32, '1+', { ignorable: true }),
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
    protocolType: f(nullable(string), '5+', { default: null, ignorable: true }),
    protocolName: f(nullable(string), '5+', { default: null, ignorable: true }),
    assignment: f(bytes, '0+'),
  },
})

export interface SyncGroupResponse extends MessageOf<typeof syncGroupResponse> {}
