import type { Effect } from '@dorsale/base'

/** Reasons that several keys share for having no effect. A reason that belongs to one key stands in its row. */

export const oneThread: Effect = { none: 'The broker owns one thread; there is no pool to size.' }
export const notYet: Effect = { none: 'The feature is not served yet.' }
