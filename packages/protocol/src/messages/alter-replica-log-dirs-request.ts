import { array, f, int32, type MessageOf, message, type StructOf, string, struct } from '../table/index.ts'

const alterReplicaLogDirTopic = struct('AlterReplicaLogDirTopic', {
  name: f(string, '0+', { mapKey: true, entityType: 'topicName' }),
  partitions: f(array(int32), '0+'),
})

const alterReplicaLogDir = struct('AlterReplicaLogDir', {
  path: f(string, '0+', { mapKey: true }),
  topics: f(array(alterReplicaLogDirTopic), '0+'),
})

/** Moves replicas between directories of a broker. */
export const alterReplicaLogDirsRequest = message({
  name: 'AlterReplicaLogDirsRequest',
  type: 'request',
  apiKey: 34,
  listeners: ['broker'],
  validVersions: '1-2',
  flexibleVersions: '2+',
  fields: {
    dirs: f(array(alterReplicaLogDir), '0+'),
  },
})

export interface AlterReplicaLogDirsRequest extends MessageOf<typeof alterReplicaLogDirsRequest> {}

export interface AlterReplicaLogDirsRequestDirTopic extends StructOf<typeof alterReplicaLogDirTopic> {}

export interface AlterReplicaLogDirsRequestDir extends StructOf<typeof alterReplicaLogDir> {}
