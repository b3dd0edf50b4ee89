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
  mechanism: f(int8, '0+', 'SASL mechanism.'),
  iterations: f(int32, '0+', 'Rounds of the key derivation.'),
})

const describeUserScramCredentialsResult = struct('DescribeUserScramCredentialsResult', {
  user: f(string, '0+'),
  errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
  errorMessage: f(nullable(string), '0+', 'What went wrong, for people; null when nothing did.'),
  credentialInfos: f(array(credentialInfo), '0+'),
})

/** Answers DescribeUserScramCredentialsRequest. */
export const describeUserScramCredentialsResponse = message({
  name: 'DescribeUserScramCredentialsResponse',
  type: 'response',
  apiKey: 50,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    throttleTimeMs: f(int32, '0+', 'Milliseconds the client is asked to pause because of a quota, 0 for none.'),
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
    errorMessage: f(nullable(string), '0+', 'What went wrong, for people; null when nothing did.'),
    results: f(array(describeUserScramCredentialsResult), '0+', 'One result for each thing asked for.'),
  },
})

export interface DescribeUserScramCredentialsResponse extends MessageOf<typeof describeUserScramCredentialsResponse> {}

export interface DescribeUserScramCredentialsResponseCredentialInfo extends StructOf<typeof credentialInfo> {}

export interface DescribeUserScramCredentialsResponseResult
  extends StructOf<typeof describeUserScramCredentialsResult> {}
