import {
  array,
  f,
  float64,
  int16,
  int32,
  type MessageOf,
  message,
  nullable,
  type StructOf,
  string,
  struct,
} from '../table/index.ts'

const entityData = struct('EntityData', {
  entityType: f(string, '0+', '`user`, `client-id` or `ip`.'),
  entityName: f(nullable(string), '0+', 'Name of the entity, null for the default.'),
})

const valueData = struct('ValueData', {
  key: f(string, '0+'),
  value: f(float64, '0+'),
})

const entryData = struct('EntryData', {
  entity: f(array(entityData), '0+', 'Whom the quota is for: user, client id, address.'),
  values: f(array(valueData), '0+'),
})

/** Answers DescribeClientQuotasRequest. */
export const describeClientQuotasResponse = message({
  name: 'DescribeClientQuotasResponse',
  type: 'response',
  apiKey: 48,
  validVersions: '0-1',
  flexibleVersions: '1+',
  fields: {
    throttleTimeMs: f(int32, '0+', 'Milliseconds the client is asked to pause because of a quota, 0 for none.'),
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
    errorMessage: f(nullable(string), '0+', 'What went wrong, for people; null when nothing did.'),
    entries: f(nullable(array(entryData)), '0+'),
  },
})

export interface DescribeClientQuotasResponse extends MessageOf<typeof describeClientQuotasResponse> {}

export interface DescribeClientQuotasResponseEntityData extends StructOf<typeof entityData> {}

export interface DescribeClientQuotasResponseValueData extends StructOf<typeof valueData> {}

export interface DescribeClientQuotasResponseEntryData extends StructOf<typeof entryData> {}
