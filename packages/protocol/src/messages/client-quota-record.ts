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
  entityType: f(string, '0+'),
  entityName: f(nullable(string), '0+'),
})

/** ClientQuotaRecord. */
export const clientQuotaRecord = message({
  name: 'ClientQuotaRecord',
  type: 'metadata',
  apiKey: 14,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    entity: f(array(entityData), '0+'),
    key: f(string, '0+'),
    value: f(float64, '0+'),
    remove: f(bool, '0+'),
  },
})

export interface ClientQuotaRecord extends MessageOf<typeof clientQuotaRecord> {}

export interface ClientQuotaRecordEntityData extends StructOf<typeof entityData> {}
