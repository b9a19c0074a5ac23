import { setTimeout as sleep } from 'node:timers/promises'
import { realEnv } from '../core/env/real.ts'
import { silentLog } from '../core/env/silent.ts'
import type { SinkCalls } from './limit-process.ts'
import { figure, options } from './options.ts'
import { start, usage } from './process.ts'

/** What TLS itself moves between two processes of this machine, with the network's cipher and blocks: the limit. */
export interface Limit {
  /** 16 KiB blocks a second over one connection. */
  readonly blocksPerSecond: number
  readonly megabytesPerSecond: number
  /** Processor time, milliseconds. */
  readonly senderMsPerBlock: number
  readonly receiverMsPerBlock: number
}

const BLOCK = 16_384
const WARM_UP = 200

export async function measureLimit(seconds = 2): Promise<Limit> {
  const sink = start<SinkCalls>('./limit-process.ts')
  const { network } = realEnv({ log: silentLog })
  const port = await sink.ask('listen')
  const connection = await network.dial({ host: '127.0.0.1', port, alpn: ['smp/1'], timeout: 10_000 })
  const block = new Uint8Array(BLOCK)
  let stopped = false
  function fill(): void {
    while (!stopped && connection.write(block));
  }
  connection.start({ data() {}, drain: fill, close() {} })
  fill()
  await sleep(WARM_UP)
  const before = { own: usage(), sink: await sink.usage(), bytes: await sink.ask('received'), at: performance.now() }
  await sleep(seconds * 1000)
  const elapsed = (performance.now() - before.at) / 1000
  const blocks = ((await sink.ask('received')) - before.bytes) / BLOCK
  const own = usage().cpuMs - before.own.cpuMs
  const other = (await sink.usage()).cpuMs - before.sink.cpuMs
  stopped = true
  connection.destroy()
  await sink.stop()
  return {
    blocksPerSecond: figure(blocks / elapsed),
    megabytesPerSecond: figure((blocks * BLOCK) / elapsed / 1e6),
    senderMsPerBlock: figure(own / blocks),
    receiverMsPerBlock: figure(other / blocks),
  }
}

export async function run(args: readonly string[]): Promise<object> {
  const { seconds } = options(args, { seconds: 3 })
  return { parameters: { seconds, blockBytes: BLOCK }, ...(await measureLimit(seconds)) }
}
