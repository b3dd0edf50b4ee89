/**
 * What no client in Node can pass: one and the same Produce request, encoded once, written to a socket of Node's own, and its answer awaited, as often as the others send records.
 * The request is one that Dorsale's client made, without a producer id, so that the broker takes it again and again.
 */
import { connect } from 'node:net'
import { createProducer } from '@dorsale/client'
import { nodeWorld } from '@dorsale/client/node'
import { cost, measure } from './measure.mjs'

await measure({
  async await(bootstrap, { topic, records, values }) {
    const request = await requestOf(bootstrap, { topic, value: values[0] })
    const [host, port] = bootstrap.split(':')
    let onAnswer
    const callback = (count, bytes) => {
      if (bytes.readInt32BE(0) + 4 !== count) throw new Error('an answer came in pieces')
      onAnswer()
      return true
    }
    const socket = connect({
      host,
      port: Number(port),
      noDelay: true,
      onread: { buffer: Buffer.alloc(65_536), callback },
    })
    await new Promise(resolve => socket.once('connect', resolve))
    return cost(async () => {
      for (let sent = 0; sent < records; sent++) {
        const answered = new Promise(resolve => {
          onAnswer = resolve
        })
        socket.write(request)
        await answered
      }
    })
  },
})

/** The bytes of the request that sends this record alone. */
async function requestOf(bootstrap, record) {
  const world = nodeWorld()
  let written
  const net = {
    ...world.net,
    connect(options, handler) {
      const socket = world.net.connect(options, handler)
      const write = socket.write.bind(socket)
      socket.write = chunks => {
        written = Buffer.concat(chunks)
        return write(chunks)
      }
      return socket
    },
  }
  const settings = { 'bootstrap.servers': bootstrap, 'enable.idempotence': 'false' }
  const producer = createProducer({ world: { ...world, net }, settings })
  // The first may be followed by other requests of a client that has just begun.
  for (let sent = 0; sent < 3; sent++) await producer.send({ ...record, partition: 0 })
  const request = written
  await producer.close()
  return request
}
