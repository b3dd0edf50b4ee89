import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { advertisedVersions, apis, isApiVersion, requestHeaderVersion, responseHeaderVersion } from './apis.ts'
import { ByteReader } from './bytes/index.ts'
import { readMessage } from './codec/index.ts'
import { errorOf } from './errors/index.ts'
import { apiVersionsResponse } from './messages/api-versions-response.ts'
import { responseHeader } from './messages/response-header.ts'

/** Kafka's own table; `interop/golden` captures it. */
const captured: {
  key: number
  name: string
  min: number
  max: number
  advertised: Record<string, string>
  headers: string[]
}[] = JSON.parse(readFileSync(join(import.meta.dirname, '../vectors/apis.json'), 'utf8'))

test('the table has the keys, names and versions of Kafka', () => {
  assert.deepEqual(
    [...apis.values()].map(({ key, name, versionMin, versionMax }) => [key, name, versionMin, versionMax]),
    captured.map(({ key, name, min, max }) => [key, name, min, max]),
  )
  for (const { request, response, key } of apis.values()) {
    assert.equal(request.apiKey, key)
    assert.equal(response.apiKey, key)
    assert.deepEqual(response.validVersions, request.validVersions)
  }
})

test('headers are of the versions that Kafka gives them', () => {
  for (const { key, min, headers } of captured) {
    const ours = headers.map(
      (_, index) => `${requestHeaderVersion(key, min + index)}/${responseHeaderVersion(key, min + index)}`,
    )
    assert.deepEqual(ours, headers, `API ${key}`)
  }
})

test('advertised are the versions that Kafka advertises', () => {
  for (const { key, advertised } of captured) {
    for (const [scope, versions] of Object.entries(advertised)) {
      const [listener, unstable] = scope.split(' ')
      assert.ok(listener === 'broker' || listener === 'controller')
      const { min, max } = advertisedVersions(apis.get(key)!, { listener, unstable: unstable !== undefined })
      assert.equal(`${min}-${max}`, versions, `API ${key} for ${scope}`)
    }
  }
})

// R-12-005: what Kafka 4.0 removed is refused, and the oldest version that is served is stated.
test('what can be asked for', () => {
  assert.equal(isApiVersion(0, 2), false)
  assert.equal(isApiVersion(0, 3), true)
  assert.equal(isApiVersion(22, 6), true)
  assert.equal(isApiVersion(7, 0), false)
  assert.equal(isApiVersion(9999, 0), false)
  assert.equal(requestHeaderVersion(9999, 0), 1)
  assert.equal(responseHeaderVersion(9999, 0), 0)
})

/** What a Kafka 4.4.0 with its defaults answers to ApiVersions, as frames; `interop/golden/capture-broker.ts` captures it. */
const answers: { version: number; request: string; response: string }[] = JSON.parse(
  readFileSync(join(import.meta.dirname, '../vectors/broker/api-versions.json'), 'utf8'),
)

test('a real broker advertises what our table says', () => {
  // Telemetry is advertised only where a metrics reporter receives it.
  const withoutReceiver = new Set(['GetTelemetrySubscriptions', 'PushTelemetry'])
  const expected = [...apis.values()]
    .filter(({ listeners, name }) => listeners.includes('broker') && !withoutReceiver.has(name))
    .map(api => ({ apiKey: api.key, ...advertisedVersions(api, { listener: 'broker' }) }))
  for (const { version, response } of answers.slice(0, -1)) {
    const reader = new ByteReader(Buffer.from(response, 'hex'), 4)
    const header = readMessage(responseHeader, responseHeaderVersion(18, version), reader)
    assert.equal(header.correlationId, version)
    const body = readMessage(apiVersionsResponse, version, reader)
    assert.equal(reader.remaining, 0)
    assert.deepEqual(
      body.apiKeys.map(({ apiKey, minVersion: min, maxVersion: max }) => ({ apiKey, min, max })),
      expected,
    )
  }
})

test('a broker answers a version that it does not know with version 0, naming what it knows', () => {
  const { response } = answers.at(-1)!
  const reader = new ByteReader(Buffer.from(response, 'hex'), 8)
  const { errorCode, apiKeys } = readMessage(apiVersionsResponse, 0, reader)
  assert.equal(errorOf(errorCode).name, 'UNSUPPORTED_VERSION')
  assert.deepEqual(apiKeys, [{ apiKey: 18, minVersion: 0, maxVersion: 5 }])
})
