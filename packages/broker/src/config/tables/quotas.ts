import type { ConfigRows } from '@dorsale/base'
import { notYet } from './effects.ts'

/** Quota windows. The quotas themselves are dynamic: see `client-quotas.ts`. */
export const quotasRows = {
  'quota.window.num': {
    type: 'int',
    default: 11,
    min: 1,
    importance: 'low',
    doc: 'TODO',
    effect: notYet,
  },
  'replication.quota.window.num': {
    type: 'int',
    default: 11,
    min: 1,
    importance: 'low',
    doc: 'TODO',
    effect: notYet,
  },
  'alter.log.dirs.replication.quota.window.num': {
    type: 'int',
    default: 11,
    min: 1,
    importance: 'low',
    doc: 'TODO',
    effect: notYet,
  },
  'controller.quota.window.num': {
    type: 'int',
    default: 11,
    min: 1,
    importance: 'low',
    doc: 'TODO',
    effect: notYet,
  },
  'quota.window.size.seconds': {
    type: 'int',
    default: 1,
    min: 1,
    importance: 'low',
    doc: 'TODO',
    effect: notYet,
  },
  'replication.quota.window.size.seconds': {
    type: 'int',
    default: 1,
    min: 1,
    importance: 'low',
    doc: 'TODO',
    effect: notYet,
  },
  'alter.log.dirs.replication.quota.window.size.seconds': {
    type: 'int',
    default: 1,
    min: 1,
    importance: 'low',
    doc: 'TODO',
    effect: notYet,
  },
  'controller.quota.window.size.seconds': {
    type: 'int',
    default: 1,
    min: 1,
    importance: 'low',
    doc: 'TODO',
    effect: notYet,
  },
  'client.quota.callback.class': {
    type: 'class',
    default: null,
    importance: 'low',
    doc: 'TODO',
    effect: notYet,
  },
} as const satisfies ConfigRows
