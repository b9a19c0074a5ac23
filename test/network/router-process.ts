import { realEnv } from '../../core/env/real.ts'
import { silentLog } from '../../core/env/silent.ts'
import { startRouter } from '../../core/router/server.ts'
import { formatRouterAddress } from '../../core/smp/address.ts'

/** A router in a process of its own, to be killed: `router-process.ts DIR PORT` prints its address. */
const [dir, port] = process.argv.slice(2)
if (dir === undefined || port === undefined) throw new Error('DIR PORT')
const router = await startRouter(realEnv({ log: silentLog }), {
  dir,
  port: Number(port),
  listen: '127.0.0.1',
  algorithm: 'Ed25519',
})
process.stdout.write(`${formatRouterAddress(router.address)}\n`)
process.once('SIGTERM', () => {
  router.stop().then(() => process.exit(0))
})
