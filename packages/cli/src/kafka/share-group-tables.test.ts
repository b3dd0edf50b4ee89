import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import type { Admin, ShareGroupDescription } from '@dorsale/client'
import type { CommandIo } from '../command-io.ts'
import { printShareOffsets } from './share-group-tables.ts'

test('a partition that the group has and has not begun with has dashes, as in Kafka', async () => {
  const none = { startOffset: undefined, leaderEpoch: undefined, lag: undefined }
  const admin = {
    listShareGroupOffsets: async () => [
      [
        { topic: 't', partition: 1, ...none },
        { topic: 't', partition: 0, startOffset: 4, leaderEpoch: 2, lag: 7 },
      ],
    ],
  } as unknown as Admin
  const stdout = new PassThrough()
  const io = { stdout } as unknown as CommandIo
  await printShareOffsets(admin, [{ groupId: 'g' } as ShareGroupDescription], { io, isVerbose: true })
  assert.equal(
    String(stdout.read()),
    [
      '',
      'GROUP           TOPIC           PARTITION  LEADER-EPOCH  START-OFFSET  LAG',
      'g               t               0          2             4             7',
      'g               t               1          -             -             -',
      '',
    ].join('\n'),
  )
})
