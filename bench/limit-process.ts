import { realEnv } from '../core/env/real.ts'
import { silentLog } from '../core/env/silent.ts'
import { certificatePem, createIdentity, createLeaf, privateKeyPem } from '../core/transport/certificate.ts'
import { serve } from './process.ts'

/** The receiving process of the limit: takes bytes and counts them. */
export type SinkCalls = typeof calls

const env = realEnv({ log: silentLog })
let received = 0

const calls = {
  async listen(): Promise<number> {
    const identity = createIdentity(env, 'Ed448')
    const leaf = createLeaf(env, identity, 'localhost')
    const listener = await env.network.listen(
      {
        host: '127.0.0.1',
        port: 0,
        certificateChain: certificatePem(leaf.der, identity.der),
        privateKey: privateKeyPem(leaf.keys),
        maxConnections: 10,
      },
      (connection) =>
        connection.start({
          data(bytes) {
            received += bytes.length
          },
          drain() {},
          close() {},
        }),
    )
    return listener.port
  },
  received: () => received,
}

serve(calls)
