export { FakeNet, type FakeSocket } from './fake-net.ts'
