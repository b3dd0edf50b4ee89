import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  createMessage,
  decodeMessage,
  encodeMessageBytes,
  requestHeader,
  requestHeaderVersion,
  responseHeader,
  responseHeaderVersion,
} from '@dorsale/protocol'
import { readRequestHeader, responseBodyStart, writeRequestHeader, writeResponseHeader } from '@dorsale/transport'

/** Transport writes and reads headers by hand; the tables of the protocol are the judge. It stands here, where both are known. */
describe('headers by hand are those of the tables', () => {
  const versions = { request: requestHeaderVersion, response: responseHeaderVersion }
  const cases = [
    { apiKey: 3, apiVersion: 1, correlationId: 7, clientId: 'client' },
    { apiKey: 3, apiVersion: 12, correlationId: -5, clientId: 'é😀' },
    { apiKey: 18, apiVersion: 3, correlationId: 0x7fffffff, clientId: null },
    { apiKey: 0, apiVersion: 9, correlationId: 0, clientId: '' },
  ]
  for (const header of cases) {
    const version = requestHeaderVersion(header.apiKey, header.apiVersion)
    const { apiKey: requestApiKey, apiVersion: requestApiVersion, correlationId, clientId } = header
    const table = createMessage(requestHeader, { requestApiKey, requestApiVersion, correlationId, clientId })

    test(`request header ${version}: ${JSON.stringify(header)}`, () => {
      const byTable = encodeMessageBytes(requestHeader, version, table)
      const byHand = writeRequestHeader(header, version, 0)
      assert.deepEqual(Buffer.from(byHand.subarray(4)), Buffer.from(byTable))
      assert.equal(Buffer.from(byHand).readInt32BE(0), byTable.length)
      assert.deepEqual(readRequestHeader(byTable, versions), { ...header, headerBytes: byTable.length })
      for (let cut = 0; cut < byTable.length; cut++) {
        assert.equal(readRequestHeader(byTable.subarray(0, cut), versions), undefined)
      }
    })
  }

  test('unknown tagged fields are passed over', () => {
    const table = { ...createMessage(requestHeader, { requestApiKey: 3, requestApiVersion: 12, clientId: 'c' }) }
    const plain = encodeMessageBytes(requestHeader, 2, table)
    const tagged = Buffer.concat([plain.subarray(0, -1), Buffer.from('02' + '05' + '03616263' + '8001' + '00', 'hex')])
    assert.equal(readRequestHeader(tagged, versions)?.headerBytes, tagged.length)
  })

  for (const version of [0, 1]) {
    test(`response header ${version}`, () => {
      const bytes = writeResponseHeader(-77, version, 10)
      assert.equal(Buffer.from(bytes).readInt32BE(0), bytes.length - 4 + 10)
      assert.equal(decodeMessage(responseHeader, version, bytes.subarray(4)).correlationId, -77)
      assert.equal(responseBodyStart(bytes.subarray(4), version), bytes.length - 4)
    })
  }
})
