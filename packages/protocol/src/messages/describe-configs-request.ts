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
  resourceType: f(int8, '0+', 'Type of the resource, by number.'),
  resourceName: f(string, '0+', 'Name of the resource.'),
  configurationKeys: f(nullable(array(string)), '0+', 'Keys to describe, null for all.'),
})

/** Asks for the configuration of topics, brokers, groups, client metrics. */
export const describeConfigsRequest = message({
  name: 'DescribeConfigsRequest',
  type: 'request',
  apiKey: 32,
  listeners: ['broker', 'controller'],
  validVersions: '1-4',
  flexibleVersions: '4+',
  fields: {
    resources: f(array(describeConfigsResource), '0+', 'Resources.'),
    includeSynonyms: f(bool, '1+', 'Whether to list where each value could come from.'),
    includeDocumentation: f(bool, '3+', 'Whether to add the documentation.'),
  },
})

export interface DescribeConfigsRequest extends MessageOf<typeof describeConfigsRequest> {}

export interface DescribeConfigsRequestResource extends StructOf<typeof describeConfigsResource> {}
