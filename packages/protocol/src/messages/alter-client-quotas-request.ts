import {
  array,
  bool,
  f,
  float64,
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

const opData = struct('OpData', {
  key: f(string, '0+'),
  value: f(float64, '0+'),
  remove: f(bool, '0+'),
})

const entryData = struct('EntryData', {
  entity: f(array(entityData), '0+', 'Whom the quota is for: user, client id, address.'),
  ops: f(array(opData), '0+'),
})

/** Changes client quotas. */
export const alterClientQuotasRequest = message({
  name: 'AlterClientQuotasRequest',
  type: 'request',
  apiKey: 49,
  listeners: ['broker', 'controller'],
  validVersions: '0-1',
  flexibleVersions: '1+',
  fields: {
    entries: f(array(entryData), '0+'),
    validateOnly: f(bool, '0+', 'Check the request and change nothing.'),
  },
})

export interface AlterClientQuotasRequest extends MessageOf<typeof alterClientQuotasRequest> {}

export interface AlterClientQuotasRequestEntityData extends StructOf<typeof entityData> {}

export interface AlterClientQuotasRequestOpData extends StructOf<typeof opData> {}

export interface AlterClientQuotasRequestEntryData extends StructOf<typeof entryData> {}
