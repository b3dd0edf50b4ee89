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
  configOperation: f(int8, '0+', '0 set, 1 delete, 2 append, 3 subtract.', { mapKey: true }),
  value: f(nullable(string), '0+'),
})

const alterConfigsResource = struct('AlterConfigsResource', {
  resourceType: f(int8, '0+', 'Type of the resource, by number.', { mapKey: true }),
  resourceName: f(string, '0+', 'Name of the resource.', { mapKey: true }),
  configs: f(array(alterableConfig), '0+', 'Configuration keys and values.'),
})

/** Sets, deletes, appends to and subtracts from single configuration keys (KIP-339). */
export const incrementalAlterConfigsRequest = message({
  name: 'IncrementalAlterConfigsRequest',
  type: 'request',
  apiKey: 44,
  listeners: ['broker', 'controller'],
  validVersions: '0-1',
  flexibleVersions: '1+',
  fields: {
    resources: f(array(alterConfigsResource), '0+', 'Resources.'),
    validateOnly: f(bool, '0+', 'Check the request and change nothing.'),
  },
})

export interface IncrementalAlterConfigsRequest extends MessageOf<typeof incrementalAlterConfigsRequest> {}

export interface IncrementalAlterConfigsRequestAlterableConfig extends StructOf<typeof alterableConfig> {}

export interface IncrementalAlterConfigsRequestAlterConfigsResource extends StructOf<typeof alterConfigsResource> {}
