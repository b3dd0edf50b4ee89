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
  readOnly: f(bool, '0+', 'Whether it cannot be changed while the broker runs.'),
  configSource: f(
    int8,
    '1+',
    '1 topic, 2 broker, 3 default for brokers, 4 static file, 5 default, 6 broker logger, 7 client metrics, 8 group.',
    { default: -1, ignorable: true },
  ),
  isSensitive: f(bool, '0+', 'Whether the value is secret, and therefore null.'),
  synonyms: f(array(describeConfigsSynonym), '1+', 'Where the value could come from, the strongest first.', {
    ignorable: true,
  }),
  configType: f(
    int8,
    '3+',
    '0 unknown, 1 boolean, 2 string, 3 int, 4 short, 5 long, 6 double, 7 list, 8 class, 9 password.',
    { ignorable: true },
  ),
  documentation: f(nullable(string), '3+', { ignorable: true }),
})

const describeConfigsResult = struct('DescribeConfigsResult', {
  errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
  errorMessage: f(nullable(string), '0+', 'What went wrong, for people; null when nothing did.'),
  resourceType: f(int8, '0+', 'Type of the resource, by number.'),
  resourceName: f(string, '0+', 'Name of the resource.'),
  configs: f(array(describeConfigsResourceResult), '0+', 'Configuration keys and values.'),
})

/** Answers DescribeConfigsRequest. */
export const describeConfigsResponse = message({
  name: 'DescribeConfigsResponse',
  type: 'response',
  apiKey: 32,
  validVersions: '1-4',
  flexibleVersions: '4+',
  fields: {
    throttleTimeMs: f(int32, '0+', 'Milliseconds the client is asked to pause because of a quota, 0 for none.'),
    results: f(array(describeConfigsResult), '0+', 'One result for each thing asked for.'),
  },
})

export interface DescribeConfigsResponse extends MessageOf<typeof describeConfigsResponse> {}

export interface DescribeConfigsResponseSynonym extends StructOf<typeof describeConfigsSynonym> {}

export interface DescribeConfigsResponseResourceResult extends StructOf<typeof describeConfigsResourceResult> {}

export interface DescribeConfigsResponseResult extends StructOf<typeof describeConfigsResult> {}
