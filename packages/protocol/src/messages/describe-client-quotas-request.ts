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
  entityType: f(string, '0+', '`user`, `client-id` or `ip`.'),
  matchType: f(int8, '0+', '0 exactly this name, 1 the default, 2 any.'),
  match: f(nullable(string), '0+'),
})

/** Lists client quotas that a filter matches. */
export const describeClientQuotasRequest = message({
  name: 'DescribeClientQuotasRequest',
  type: 'request',
  apiKey: 48,
  listeners: ['broker'],
  validVersions: '0-1',
  flexibleVersions: '1+',
  fields: {
    components: f(array(componentData), '0+'),
    strict: f(bool, '0+', 'Only entities that have none but the parts named.'),
  },
})

export interface DescribeClientQuotasRequest extends MessageOf<typeof describeClientQuotasRequest> {}

export interface DescribeClientQuotasRequestComponentData extends StructOf<typeof componentData> {}
