import assert from 'node:assert/strict'
import { test } from 'node:test'
import { zeroUuid } from '@dorsale/protocol'
import { World } from '@dorsale/sim'
import { type ElectionState, formatQuorumState, readQuorumState } from './quorum-state.ts'
import { writeFile } from './testing/kafka-fixture.ts'

const path = '/quorum-state'

function read(content: string): Promise<ElectionState | undefined> {
  let state: ElectionState | undefined
  return new World({ seed: 1 })
    .within(async ({ disk }) => {
      writeFile(disk, path, Buffer.from(content))
      state = readQuorumState(disk, path)
    })
    .then(() => state)
}

// As Apache Kafka 4.4.0 wrote them: with voters in the log, and with voters in the configuration.
const written: [string, ElectionState][] = [
  [
    '{"leaderId":1,"leaderEpoch":3,"votedId":-1,"votedDirectoryId":"AAAAAAAAAAAAAAAAAAAAAA","data_version":1}',
    { leaderId: 1, leaderEpoch: 3, votedId: -1, votedDirectoryId: zeroUuid, version: 1, voters: [] },
  ],
  [
    '{"clusterId":"","leaderId":1,"leaderEpoch":2,"votedId":-1,"appliedOffset":0,"currentVoters":[{"voterId":1}],"data_version":0}',
    { leaderId: 1, leaderEpoch: 2, votedId: -1, votedDirectoryId: zeroUuid, version: 0, voters: [1] },
  ],
]

for (const [text, state] of written) {
  test(`quorum-state version ${state.version} is read and written as Kafka does`, async () => {
    assert.deepEqual(await read(text), state)
    assert.equal(formatQuorumState(state), text)
  })
}

test('no quorum-state is nothing known', () =>
  new World({ seed: 1 }).within(async ({ disk }) => assert.equal(readQuorumState(disk, '/nowhere'), undefined)))

const refused: [string, string, RegExp][] = [
  ['empty', '', /is not a quorum state/],
  ['cut', '{"leaderId":1,"lead', /is not a quorum state/],
  ['no object', '7', /an object was expected/],
  ['unknown version', '{"data_version":2}', /data_version 2 is unknown/],
  ['no version', '{"leaderId":1}', /data_version undefined/],
  [
    'no epoch',
    '{"leaderId":1,"votedId":-1,"votedDirectoryId":"AAAAAAAAAAAAAAAAAAAAAA","data_version":1}',
    /leaderEpoch is undefined/,
  ],
  [
    'negative epoch',
    '{"leaderId":1,"leaderEpoch":-1,"votedId":-1,"votedDirectoryId":"AAAAAAAAAAAAAAAAAAAAAA","data_version":1}',
    /leaderEpoch is -1/,
  ],
  ['no directory', '{"leaderId":1,"leaderEpoch":1,"votedId":-1,"data_version":1}', /votedDirectoryId/],
  ['bytes', '\0\0\0\0', /is not a quorum state/],
]

for (const [name, text, expected] of refused) {
  test(`a quorum-state that is damaged (${name}) is refused, never guessed`, () =>
    assert.rejects(read(text), (error: Error) => {
      const cause = (error.cause ?? error) as Error
      assert.equal((cause as { code?: string }).code, 'DORSALE_RAFT_CORRUPT')
      assert.match(cause.message, expected)
      return true
    }))
}
