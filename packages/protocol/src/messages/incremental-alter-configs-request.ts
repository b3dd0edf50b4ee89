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
  configOperation: f(int8, '0+', { mapKey: true }),
  value: f(nullable(string), '0+'),
})

const alterConfigsResource = struct('AlterConfigsResource', {
  resourceType: f(int8, '0+', { mapKey: true }),
  resourceName: f(string, '0+', { mapKey: true }),
  configs: f(array(alterableConfig), '0+'),
})

/** IncrementalAlterConfigsRequest. */
export const incrementalAlterConfigsRequest = message({
  name: 'IncrementalAlterConfigsRequest',
  type: 'request',
  apiKey: 44,
  listeners: ['broker', 'controller'],
  validVersions: '0-1',
  flexibleVersions: '1+',
  fields: {
    resources: f(array(alterConfigsResource), '0+'),
    validateOnly: f(bool, '0+'),
  },
})

export interface IncrementalAlterConfigsRequest extends MessageOf<typeof incrementalAlterConfigsRequest> {}

export interface IncrementalAlterConfigsRequestAlterableConfig extends StructOf<typeof alterableConfig> {}

export interface IncrementalAlterConfigsRequestAlterConfigsResource extends StructOf<typeof alterConfigsResource> {}
