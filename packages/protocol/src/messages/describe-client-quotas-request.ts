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

const componentData = struct('ComponentData', {
  entityType: f(string, '0+'),
  matchType: f(int8, '0+'),
  match: f(nullable(string), '0+'),
})

/** DescribeClientQuotasRequest. */
export const describeClientQuotasRequest = message({
  name: 'DescribeClientQuotasRequest',
  type: 'request',
  apiKey: 48,
  listeners: ['broker'],
  validVersions: '0-1',
  flexibleVersions: '1+',
  fields: {
    components: f(array(componentData), '0+'),
    strict: f(bool, '0+'),
  },
})

export interface DescribeClientQuotasRequest extends MessageOf<typeof describeClientQuotasRequest> {}

export interface DescribeClientQuotasRequestComponentData extends StructOf<typeof componentData> {}
