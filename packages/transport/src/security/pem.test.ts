import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pemBlocks } from './pem.ts'

const certificate = '-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----\n'

test('PEM is found among other text, and keys with headers stay as they are', () => {
  const old = '-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nQUJD\n-----END RSA PRIVATE KEY-----\n'
  assert.equal(pemBlocks(`Bag Attributes\n${certificate}\n${old}`, 'PRIVATE KEY'), old)
  assert.equal(pemBlocks('-----BEGIN CERTIFICATE-----', 'CERTIFICATE'), '')
})
