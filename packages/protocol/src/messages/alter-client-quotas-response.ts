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

const entityData = struct('EntityData', {
  entityType: f(string, '0+', '`user`, `client-id` or `ip`.'),
  entityName: f(nullable(string), '0+', 'Name of the entity, null for the default.'),
})

const entryData = struct('EntryData', {
  errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
  errorMessage: f(nullable(string), '0+', 'What went wrong, for people; null when nothing did.'),
  entity: f(array(entityData), '0+', 'Whom the quota is for: user, client id, address.'),
})

/** Answers AlterClientQuotasRequest. */
export const alterClientQuotasResponse = message({
  name: 'AlterClientQuotasResponse',
  type: 'response',
  apiKey: 49,
  validVersions: '0-1',
  flexibleVersions: '1+',
  fields: {
    throttleTimeMs: f(int32, '0+', 'Milliseconds the client is asked to pause because of a quota, 0 for none.'),
    entries: f(array(entryData), '0+'),
  },
})

export interface AlterClientQuotasResponse extends MessageOf<typeof alterClientQuotasResponse> {}

export interface AlterClientQuotasResponseEntityData extends StructOf<typeof entityData> {}

export interface AlterClientQuotasResponseEntryData extends StructOf<typeof entryData> {}
