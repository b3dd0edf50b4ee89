import { array, f, int32, type MessageOf, message, type StructOf, string, struct } from '../table/index.ts'

const taskIds = struct('TaskIds', {
  subtopologyId: f(string, '0+', 'Name of the subtopology.'),
  partitions: f(array(int32), '0+'),
})

/** The tasks that a member of a streams group shall have. */
export const streamsGroupTargetAssignmentMemberValue = message({
  name: 'StreamsGroupTargetAssignmentMemberValue',
  type: 'coordinator-value',
  apiKey: 21,
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    activeTasks: f(array(taskIds), '0+', 'Tasks that process.'),
    standbyTasks: f(array(taskIds), '0+', 'Tasks that keep a warm copy of state.'),
    warmupTasks: f(array(taskIds), '0+', 'Tasks that restore state before they take over.'),
  },
})

export interface StreamsGroupTargetAssignmentMemberValue
  extends MessageOf<typeof streamsGroupTargetAssignmentMemberValue> {}

export interface StreamsGroupTargetAssignmentMemberValueTaskIds extends StructOf<typeof taskIds> {}
