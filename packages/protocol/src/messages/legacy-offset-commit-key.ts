import { f, int32, type MessageOf, message, string } from '../table/index.ts'

/** Key of: a committed offset, in the format before version 1. */
export const legacyOffsetCommitKey = message({
  name: 'LegacyOffsetCommitKey',
  type: 'coordinator-key',
  apiKey: 0,
  validVersions: '0',
  flexibleVersions: 'none',
  fields: {
    group: f(string, '0'),
    topic: f(string, '0'),
    partition: f(int32, '0', 'Number of the partition, from 0.'),
  },
})

export interface LegacyOffsetCommitKey extends MessageOf<typeof legacyOffsetCommitKey> {}
