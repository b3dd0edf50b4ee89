import { array, f, int32, type MessageOf, message, type StructOf, string, struct } from '../table/index.ts'

const taskIds = struct('TaskIds', {
  subtopologyId: f(string, '0+'),
  partitions: f(array(int32), '0+'),
})

/** StreamsGroupTargetAssignmentMemberValue. */
export const streamsGroupTargetAssignmentMemberValue = message({
  name: 'StreamsGroupTargetAssignmentMemberValue',
  type: 'coordinator-value',
  apiKey: 21,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    activeTasks: f(array(taskIds), '0+'),
    standbyTasks: f(array(taskIds), '0+'),
    warmupTasks: f(array(taskIds), '0+'),
  },
})

export interface StreamsGroupTargetAssignmentMemberValue
  extends MessageOf<typeof streamsGroupTargetAssignmentMemberValue> {}

export interface StreamsGroupTargetAssignmentMemberValueTaskIds extends StructOf<typeof taskIds> {}
