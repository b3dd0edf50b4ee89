import { f, int32, type MessageOf, message } from '../table/index.ts'

/** Goes before every answer. v1 brings tagged fields. */
export const responseHeader = message({
  name: 'ResponseHeader',
  type: 'header',
  validVersions: '0-1',
  flexibleVersions: '1+',
  fields: {
    correlationId: f(int32, '0+', 'Number that the answer repeats.'),
  },
})

export interface ResponseHeader extends MessageOf<typeof responseHeader> {}
