import { f, int16, int32, type MessageOf, message, nullable, string } from '../table/index.ts'

/** Goes before every request. v1 brings the client id, v2 tagged fields (the client id stays classic). */
export const requestHeader = message({
  name: 'RequestHeader',
  type: 'header',
  validVersions: '1-2',
  flexibleVersions: '2+',
  fields: {
    requestApiKey: f(int16, '0+', 'Key of the API that is asked.'),
    requestApiVersion: f(int16, '0+', 'Version of the API that is asked.'),
    correlationId: f(int32, '0+', 'Number that the answer repeats.'),
    clientId: f(nullable(string), '1+', 'What the client calls itself, for logs and quotas.', {
      flexibleVersions: 'none',
    }),
  },
})

export interface RequestHeader extends MessageOf<typeof requestHeader> {}
