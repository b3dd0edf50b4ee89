import { array, f, type MessageOf, message, nullable, type StructOf, string, struct } from '../table/index.ts'

const userName = struct('UserName', {
  name: f(string, '0+'),
})

/** Lists which SCRAM credentials users have. */
export const describeUserScramCredentialsRequest = message({
  name: 'DescribeUserScramCredentialsRequest',
  type: 'request',
  apiKey: 50,
  listeners: ['broker', 'controller'],
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    users: f(nullable(array(userName)), '0+'),
  },
})

export interface DescribeUserScramCredentialsRequest extends MessageOf<typeof describeUserScramCredentialsRequest> {}

export interface DescribeUserScramCredentialsRequestUserName extends StructOf<typeof userName> {}
