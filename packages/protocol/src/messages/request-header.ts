import { f, int16, int32, type MessageOf, message, nullable, string } from '../table/index.ts'

/** RequestHeader. */
export const requestHeader = message({
  name: 'RequestHeader',
  type: 'header',
  validVersions: '1-2',
  flexibleVersions: '2+',
  fields: {
    requestApiKey: f(int16, '0+'),
    requestApiVersion: f(int16, '0+'),
    correlationId: f(int32, '0+'),
    clientId: f(nullable(string), '1+', { flexibleVersions: 'none' }),
  },
})

export interface RequestHeader extends MessageOf<typeof requestHeader> {}
