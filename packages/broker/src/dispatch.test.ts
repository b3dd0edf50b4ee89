import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type LogFields, type Logger, silentLogger } from '@dorsale/base'
import { nodeClock, nodeNet } from '@dorsale/base/node'
import {
  createMessage,
  type DescribeClusterRequest,
  type DescribeClusterResponse,
  describeClusterRequest,
  describeClusterResponse,
  errorCodes,
  ProtocolError,
} from '@dorsale/protocol'
import { FrameServer } from '@dorsale/transport'
import { type Call, defineApi, later } from './api.ts'
import { loadBrokerConfig } from './config/index.ts'
import type { BrokerCore } from './core.ts'
import { Dispatcher } from './dispatch.ts'
import { serverLimitsOf } from './listeners.ts'
import { TestClient } from './testing/broker-world.ts'

type Outcome = DescribeClusterResponse | Promise<DescribeClusterResponse> | typeof later

/** An API whose behaviour each test sets, behind the real dispatcher and transport. */
describe('dispatch: no throw of a handler crosses the request', () => {
  const errors: { message: string; fields: LogFields | undefined }[] = []
  const logger: Logger = { ...silentLogger, error: (message, fields) => errors.push({ message, fields }) }
  const good = createMessage(describeClusterResponse, { clusterId: 'fine' })
  let behave: (call: Call<DescribeClusterResponse>) => Outcome = () => good
  const api = defineApi<DescribeClusterRequest, DescribeClusterResponse>({
    key: 60,
    handle: (_core, _request, call) => behave(call),
    refuse: (_request, errorCode) => createMessage(describeClusterResponse, { errorCode }),
  })
  let server: FrameServer
  let client: TestClient
  before(async () => {
    const loaded = loadBrokerConfig({ dataDirectory: '/nowhere' })
    assert.ok('config' in loaded)
    const core = { config: loaded.config, logger, clock: nodeClock, quotas: { countsTime: false } } as BrokerCore
    server = new FrameServer({
      clock: nodeClock,
      net: nodeNet,
      logger,
      limits: serverLimitsOf(() => loaded.config.values, { connectionDelayMs: () => 0, connectionPauseMs: () => 0 }),
      handler: new Dispatcher(core, [api]),
    })
    const { port } = await server.listen({ name: 'PLAINTEXT', host: '127.0.0.1', port: 0 })
    server.start()
    client = new TestClient(port)
  })
  after(async () => {
    client.close()
    await server.close({ graceMs: 1000 })
  })

  const ask = () => client.call(describeClusterRequest, describeClusterResponse, 0, {})

  const unexpected: [string, typeof behave][] = [
    ['thrown at once', () => bug()],
    ['a promise rejected', () => Promise.reject(new TypeError('bug'))],
    [
      'thrown later, in an attempt',
      call => {
        setImmediate(() => call.attempt(() => bug()))
        return later
      },
    ],
    // A number where a list belongs: found when it is encoded.
    ['a response that cannot be written', () => ({ ...good, brokers: 7 as never })],
  ]
  for (const [name, behaviour] of unexpected) {
    test(`${name}: UNKNOWN_SERVER_ERROR, one line, and the connection lives`, async () => {
      errors.length = 0
      behave = behaviour
      assert.equal((await ask()).errorCode, errorCodes.UNKNOWN_SERVER_ERROR)
      assert.equal(errors.length, 1)
      behave = () => good
      assert.equal((await ask()).clusterId, 'fine')
    })
  }

  test('a ProtocolError is an answer, and nobody’s bug', async () => {
    errors.length = 0
    behave = () => {
      throw new ProtocolError(errorCodes.NOT_CONTROLLER)
    }
    assert.equal((await ask()).errorCode, errorCodes.NOT_CONTROLLER)
    behave = () => Promise.reject(new ProtocolError(errorCodes.NOT_CONTROLLER))
    assert.equal((await ask()).errorCode, errorCodes.NOT_CONTROLLER)
    assert.deepEqual(errors, [])
  })

  function bug(): never {
    throw new TypeError('bug')
  }
})
