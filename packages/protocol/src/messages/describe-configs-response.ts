import {
  array,
  bool,
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

const describeConfigsSynonym = struct('DescribeConfigsSynonym', {
  name: f(string, '1+'),
  value: f(nullable(string), '1+'),
  source: f(int8, '1+'),
})

const describeConfigsResourceResult = struct('DescribeConfigsResourceResult', {
  name: f(string, '0+'),
  value: f(nullable(string), '0+'),
  readOnly: f(bool, '0+'),
  configSource: f(int8, '1+', { default: -1, ignorable: true }),
  isSensitive: f(bool, '0+'),
  synonyms: f(array(describeConfigsSynonym), '1+', { ignorable: true }),
  configType: f(int8, '3+', { ignorable: true }),
  documentation: f(nullable(string), '3+', { ignorable: true }),
})

const describeConfigsResult = struct('DescribeConfigsResult', {
  errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
  errorMessage: f(nullable(string), '0+'),
  resourceType: f(int8, '0+'),
  resourceName: f(string, '0+'),
  configs: f(array(describeConfigsResourceResult), '0+'),
})

/** DescribeConfigsResponse. */
export const describeConfigsResponse = message({
  name: 'DescribeConfigsResponse',
  type: 'response',
  apiKey: 32,
  validVersions: '1-4',
  flexibleVersions: '4+',
  fields: {
    throttleTimeMs: f(int32, '0+'),
    results: f(array(describeConfigsResult), '0+'),
  },
})

export interface DescribeConfigsResponse extends MessageOf<typeof describeConfigsResponse> {}

export interface DescribeConfigsResponseSynonym extends StructOf<typeof describeConfigsSynonym> {}

export interface DescribeConfigsResponseResourceResult extends StructOf<typeof describeConfigsResourceResult> {}

export interface DescribeConfigsResponseResult extends StructOf<typeof describeConfigsResult> {}
