import {
  array,
  f,
  int8,
  int16,
  int32,
  type MessageOf,
  message,
  nullable,
  type StructOf,
  string,
  struct,
} from '../table/index.ts'

const credentialInfo = struct('CredentialInfo', {
  mechanism: f(int8, '0+'),
  iterations: f(int32, '0+'),
})

const describeUserScramCredentialsResult = struct('DescribeUserScramCredentialsResult', {
  user: f(string, '0+'),
  errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
  errorMessage: f(nullable(string), '0+'),
  credentialInfos: f(array(credentialInfo), '0+'),
})

/** DescribeUserScramCredentialsResponse. */
export const describeUserScramCredentialsResponse = message({
  name: 'DescribeUserScramCredentialsResponse',
  type: 'response',
  apiKey: 50,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    throttleTimeMs: f(int32, '0+'),
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
    errorMessage: f(nullable(string), '0+'),
    results: f(array(describeUserScramCredentialsResult), '0+'),
  },
})

export interface DescribeUserScramCredentialsResponse extends MessageOf<typeof describeUserScramCredentialsResponse> {}

export interface DescribeUserScramCredentialsResponseCredentialInfo extends StructOf<typeof credentialInfo> {}

export interface DescribeUserScramCredentialsResponseResult
  extends StructOf<typeof describeUserScramCredentialsResult> {}
