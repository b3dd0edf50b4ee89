import type { Assignor } from './assignor.ts'
import { assignRanges } from './range.ts'
import { assignUniformly } from './uniform.ts'

/** The assignors of consumer groups, by the names of `group.consumer.assignors`. */
export const consumerAssignors: Readonly<Record<string, Assignor>> = { uniform: assignUniformly, range: assignRanges }
