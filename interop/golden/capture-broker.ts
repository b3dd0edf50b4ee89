/**
 * Captures what a running Kafka broker answers to ApiVersions at every version, and at one that it does not know:
 *
 *     node interop/golden/capture-broker.ts <port on this machine>
 *
 * Written to `packages/protocol/vectors/broker/api-versions.json`.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import {
  apis,
  apiVersionsRequest,
  ByteWriter,
  createMessage,
  requestHeader,
  requestHeaderVersion,
  writeMessage,
} from '@dorsale/protocol'

const port = Number(process.argv[2])
const directory = join(import.meta.dirname, '../../packages/protocol/vectors/broker')
const key = apiVersionsRequest.apiKey!
const newest = apis.get(key)!.versionMax

const rows: string[] = []
for (let version = 0; version <= newest + 1; version++) {
  const response = await ask(request(version))
  rows.push(JSON.stringify({ version, request: request(version).toString('hex'), response: response.toString('hex') }))
}
mkdirSync(directory, { recursive: true })
writeFileSync(join(directory, 'api-versions.json'), `[\n${rows.join(',\n')}\n]\n`)

/** A frame with a request; beyond the newest version the body is the newest one's. */
function request(version: number): Buffer {
  const writer = new ByteWriter()
  const header = { requestApiKey: key, requestApiVersion: version, correlationId: version, clientId: 'dorsale' }
  const known = Math.min(version, newest)
  writeMessage(requestHeader, requestHeaderVersion(key, known), createMessage(requestHeader, header), writer)
  const body = createMessage(apiVersionsRequest, { clientSoftwareName: 'dorsale', clientSoftwareVersion: '0.1.0' })
  writeMessage(apiVersionsRequest, known, body, writer)
  const bytes = writer.finishBytes()
  const size = Buffer.alloc(4)
  size.writeInt32BE(bytes.length)
  return Buffer.concat([size, bytes])
}

/** Sends a frame on a connection of its own and answers the frame that comes back. */
function ask(frame: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0)
    const socket = connect(port, 'localhost', () => socket.write(frame))
    socket.on('error', reject)
    socket.on('close', () => reject(new Error(`the broker closed the connection after ${received.length} bytes`)))
    socket.on('data', chunk => {
      received = Buffer.concat([received, chunk])
      if (received.length < 4 || received.length < 4 + received.readInt32BE(0)) return
      resolve(received)
      socket.destroy()
    })
  })
}
