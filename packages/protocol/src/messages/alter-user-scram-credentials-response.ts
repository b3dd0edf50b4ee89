import {
  array,
  f,
  int16,
  int32,
  type MessageOf,
  message,
  nullable,
  type StructOf,
  string,
  struct,
} from '../table/index.ts'

const alterUserScramCredentialsResult = struct('AlterUserScramCredentialsResult', {
  user: f(string, '0+'),
  errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
  errorMessage: f(nullable(string), '0+', 'What went wrong, for people; null when nothing did.'),
})

/** Answers AlterUserScramCredentialsRequest. */
export const alterUserScramCredentialsResponse = message({
  name: 'AlterUserScramCredentialsResponse',
  type: 'response',
  apiKey: 51,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    throttleTimeMs: f(int32, '0+', 'Milliseconds the client is asked to pause because of a quota, 0 for none.'),
    results: f(array(alterUserScramCredentialsResult), '0+', 'One result for each thing asked for.'),
  },
})

export interface AlterUserScramCredentialsResponse extends MessageOf<typeof alterUserScramCredentialsResponse> {}

export interface AlterUserScramCredentialsResponseResult extends StructOf<typeof alterUserScramCredentialsResult> {}
