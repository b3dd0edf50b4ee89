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

/** Sets or removes a client quota. */
export const clientQuotaRecord = message({
  name: 'ClientQuotaRecord',
  type: 'metadata',
  apiKey: 14,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    entity: f(array(entityData), '0+', 'Whom the quota is for: user, client id, address.'),
    key: f(string, '0+'),
    value: f(float64, '0+'),
    remove: f(bool, '0+'),
  },
})

export interface ClientQuotaRecord extends MessageOf<typeof clientQuotaRecord> {}

export interface ClientQuotaRecordEntityData extends StructOf<typeof entityData> {}
