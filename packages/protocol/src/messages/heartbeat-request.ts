import { f, int32, type MessageOf, message, nullable, string } from '../table/index.ts'

/** HeartbeatRequest. */
export const heartbeatRequest = message({
  name: 'HeartbeatRequest',
  type: 'request',
  apiKey: 12,
  listeners: ['broker'],
  validVersions: '0-4',
  flexibleVersions: '4+',
  fields: {
    groupId: f(string, '0+', { entityType: 'groupId' }),
    generationId: f(int32, '0+'),
    memberId: f(string, '0+'),
    groupInstanceId: f(nullable(string), '3+', { default: null }),
  },
})

export interface HeartbeatRequest extends MessageOf<typeof heartbeatRequest> {}
