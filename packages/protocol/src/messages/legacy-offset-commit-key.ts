import { f, int32, type MessageOf, message, string } from '../table/index.ts'

/** LegacyOffsetCommitKey. */
export const legacyOffsetCommitKey = message({
  name: 'LegacyOffsetCommitKey',
  type: 'coordinator-key',
  apiKey: 0,
  validVersions: '0',
  flexibleVersions: 'none',
  fields: {
    group: f(string, '0'),
    topic: f(string, '0'),
    partition: f(int32, '0'),
  },
})

export interface LegacyOffsetCommitKey extends MessageOf<typeof legacyOffsetCommitKey> {}
