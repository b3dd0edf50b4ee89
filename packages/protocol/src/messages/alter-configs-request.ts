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

const alterableConfig = struct('AlterableConfig', {
  name: f(string, '0+', { mapKey: true }),
  value: f(nullable(string), '0+'),
})

const alterConfigsResource = struct('AlterConfigsResource', {
  resourceType: f(int8, '0+', 'Type of the resource, by number.', { mapKey: true }),
  resourceName: f(string, '0+', 'Name of the resource.', { mapKey: true }),
  configs: f(array(alterableConfig), '0+', 'Configuration keys and values.'),
})

/** Replaces the whole configuration of resources; IncrementalAlterConfigs changes single keys. */
export const alterConfigsRequest = message({
  name: 'AlterConfigsRequest',
  type: 'request',
  apiKey: 33,
  listeners: ['broker', 'controller'],
  validVersions: '0-2',
  flexibleVersions: '2+',
  fields: {
    resources: f(array(alterConfigsResource), '0+', 'Resources.'),
    validateOnly: f(bool, '0+', 'Check the request and change nothing.'),
  },
})

export interface AlterConfigsRequest extends MessageOf<typeof alterConfigsRequest> {}

export interface AlterConfigsRequestAlterableConfig extends StructOf<typeof alterableConfig> {}

export interface AlterConfigsRequestResource extends StructOf<typeof alterConfigsResource> {}
