import { f, int8, type MessageOf, message, nullable, string } from '../table/index.ts'

/** Sets or, with null, removes a configuration key of a resource. */
export const configRecord = message({
  name: 'ConfigRecord',
  type: 'metadata',
  apiKey: 4,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    resourceType: f(int8, '0+', 'Type of the resource, by number.'),
    resourceName: f(string, '0+', 'Name of the resource.'),
    name: f(string, '0+'),
    value: f(nullable(string), '0+'),
  },
})

export interface ConfigRecord extends MessageOf<typeof configRecord> {}
