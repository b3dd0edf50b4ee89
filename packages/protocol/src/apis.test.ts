import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { advertisedVersions, apis, isApiVersion, requestHeaderVersion, responseHeaderVersion } from './apis.ts'

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

test('what can be asked for', () => {
  assert.equal(isApiVersion(0, 2), false)
  assert.equal(isApiVersion(0, 3), true)
  assert.equal(isApiVersion(22, 6), true)
  assert.equal(isApiVersion(7, 0), false)
  assert.equal(isApiVersion(9999, 0), false)
  assert.equal(requestHeaderVersion(9999, 0), 1)
  assert.equal(responseHeaderVersion(9999, 0), 0)
})
