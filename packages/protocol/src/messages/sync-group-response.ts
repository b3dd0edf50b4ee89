import { bytes, f, int16, int32, type MessageOf, message, nullable, string } from '../table/index.ts'

/** Answers SyncGroupRequest. */
export const syncGroupResponse = message({
  name: 'SyncGroupResponse',
  type: 'response',
  apiKey: 14,
  validVersions: '0-5',
  flexibleVersions: '4+',
  fields: {
    throttleTimeMs: f(int32, '1+', 'Milliseconds the client is asked to pause because of a quota, 0 for none.', {
      ignorable: true,
    }),
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
    protocolType: f(nullable(string), '5+', 'What the group is for: `consumer`, `connect`...', {
      default: null,
      ignorable: true,
    }),
    protocolName: f(nullable(string), '5+', 'The protocol (assignor) that the group has chosen.', {
      default: null,
      ignorable: true,
    }),
    assignment: f(bytes, '0+'),
  },
})

export interface SyncGroupResponse extends MessageOf<typeof syncGroupResponse> {}
