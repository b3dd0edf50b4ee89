import assert from 'node:assert/strict'
import { test } from 'node:test'
import { javaAddress } from './java-address.ts'

/** What `InetAddress.getHostAddress` of Java 17 says of the same addresses. */
const written: Readonly<Record<string, string>> = {
  '127.0.0.1': '127.0.0.1',
  '::ffff:10.1.2.3': '10.1.2.3',
  '::1': '0:0:0:0:0:0:0:1',
  '::': '0:0:0:0:0:0:0:0',
  'fe80::1%eth0': 'fe80:0:0:0:0:0:0:1%eth0',
  '2001:db8::a:0:1': '2001:db8:0:0:0:a:0:1',
  '1:2:3:4:5:6:7:8': '1:2:3:4:5:6:7:8',
  '2001:db8::': '2001:db8:0:0:0:0:0:0',
}

for (const [address, text] of Object.entries(written)) {
  test(`${address} is ${text}`, () => assert.equal(javaAddress(address), text))
}
