import {
  array,
  exactInt64,
  f,
  int32,
  type MessageOf,
  message,
  nullable,
  type StructOf,
  string,
  struct,
} from '../table/index.ts'

const lastAssignmentConfig = struct('LastAssignmentConfig', {
  key: f(string, '0+'),
  value: f(string, '0+'),
})

/** A streams group: its epoch. */
export const streamsGroupMetadataValue = message({
  name: 'StreamsGroupMetadataValue',
  type: 'coordinator-value',
  apiKey: 17,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    epoch: f(int32, '0+'),
    metadataHash: f(
      exactInt64,
      '0+',
      'Hash of the topics that the group subscribes to: tells whether they have changed.',
    ),
    validatedTopologyEpoch: f(int32, '0+', { default: -1, tag: 0 }),
    lastAssignmentConfigs: f(nullable(array(lastAssignmentConfig)), '0+', { tag: 1 }),
    storedDescriptionTopologyEpoch: f(int32, '0+', { default: -1, tag: 2 }),
    failedDescriptionTopologyEpoch: f(int32, '0+', { default: -1, tag: 3 }),
  },
})

export interface StreamsGroupMetadataValue extends MessageOf<typeof streamsGroupMetadataValue> {}

export interface StreamsGroupMetadataValueLastAssignmentConfig extends StructOf<typeof lastAssignmentConfig> {}
