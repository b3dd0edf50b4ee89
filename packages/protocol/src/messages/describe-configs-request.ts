import {
  array,
  bool,
  f,
  int8,
  type MessageOf,
  message,
  nullable,
  type StructOf,
  string,
  struct,
} from '../table/index.ts'

const describeConfigsResource = struct('DescribeConfigsResource', {
  resourceType: f(int8, '0+'),
  resourceName: f(string, '0+'),
  configurationKeys: f(nullable(array(string)), '0+'),
})

/** DescribeConfigsRequest. */
export const describeConfigsRequest = message({
  name: 'DescribeConfigsRequest',
  type: 'request',
  apiKey: 32,
  listeners: ['broker', 'controller'],
  validVersions: '1-4',
  flexibleVersions: '4+',
  fields: {
    resources: f(array(describeConfigsResource), '0+'),
    includeSynonyms: f(bool, '1+'),
    includeDocumentation: f(bool, '3+'),
  },
})

export interface DescribeConfigsRequest extends MessageOf<typeof describeConfigsRequest> {}

export interface DescribeConfigsRequestResource extends StructOf<typeof describeConfigsResource> {}
