import { f, int32, type MessageOf, message, string } from '../table/index.ts'

/** Key of: a committed offset. */
export const offsetCommitKey = message({
  name: 'OffsetCommitKey',
  type: 'coordinator-key',
  apiKey: 1,
  validVersions: '0',
  flexibleVersions: 'none',
  fields: {
    group: f(string, '0'),
    topic: f(string, '0'),
    partition: f(int32, '0', 'Number of the partition, from 0.'),
  },
})

export interface OffsetCommitKey extends MessageOf<typeof offsetCommitKey> {}
