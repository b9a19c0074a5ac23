import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAgent } from '../core/agent/agent.ts'
import type { Agent } from '../core/agent/api.ts'
import { parseBody } from '../core/chat/container.ts'
import { newMemberId } from '../core/chat/ids.ts'
import { encodeConnInfo } from '../core/chat/outgoing.ts'
import { generateKeyPair } from '../core/crypto/keypair.ts'
import { realEnv } from '../core/env/real.ts'
import { silentLog } from '../core/env/silent.ts'
import { readGroupLink, readRelayLink } from '../core/group/link.ts'
import { parseRouterAddress } from '../core/smp/address.ts'
import { openStore, type Store } from '../core/store/database.ts'
import { serve } from './process.ts'

/**
 * Many members in one process and one database: each has its own member id, key and connection to the super-peer, made
 * as any member makes them (chat §5.2), but none keeps a conversation.
 */
export type MembersCalls = typeof calls

const env = realEnv({ log: silentLog })
const dir = mkdtempSync(join(tmpdir(), 'hearth-bench-members-'))
/** Joins under way at the same time. */
const PARALLEL = 64

let store: Store
let agent: Agent
let connected = 0
let received = 0
let failures = 0

const calls = {
  async start(router: string): Promise<void> {
    store = await openStore(join(dir, 'members.db'), env.clock)
    agent = createAgent({
      env,
      store,
      routers: [parseRouterAddress(router)],
      settings: { threads: 0, parallelCommands: PARALLEL },
      handler: {
        async handle(tx, event) {
          if (event.type === 'CONF') {
            await agent.allow(tx, event.conn, event.confirmation, encodeConnInfo({ type: 'x.ok', params: {} }))
          } else if (event.type === 'CON') connected++
          else if (event.type === 'MSG') received += messagesIn(event.body)
          else if (event.type === 'ERR') failures++
          return undefined
        },
      },
    })
    await agent.start()
  },
  /** Lets `count` more members join; resolves when all are connected. */
  async join(link: string, count: number): Promise<void> {
    const group = await readGroupLink(agent, link)
    const relay = await readRelayLink(agent, group.relays[0]!)
    const wanted = connected + count
    for (let done = 0; done < count; done += PARALLEL) {
      const infos = Array.from({ length: Math.min(PARALLEL, count - done) }, (_, index) => {
        const key = generateKeyPair('Ed25519', env.random)
        const memberId = newMemberId(env.random)
        const name = `member ${done + index}`
        const author = { publicGroupId: group.publicGroupId, memberId, key: key.privateKey, name }
        const profile = { displayName: name, fullName: '' }
        const params = { profile, newMemberId: memberId, newMemberKey: key.publicKey, viaRelay: relay.memberId }
        return encodeConnInfo({ type: 'x.member', params }, author)
      })
      await store.write(async (tx) => {
        for (const info of infos) await agent.join(tx, relay.fullLink, info)
      })
    }
    while (connected < wanted) {
      if (failures > 0) throw new Error(`${failures} members could not join`)
      await new Promise<void>((resolve) => setTimeout(resolve, 20))
    }
  },
  /** Messages of people that the members have decrypted. */
  received: () => received,
  /** The members go away: what comes for them stays at the router. */
  async leave(): Promise<void> {
    await agent.stop()
  },
}

function messagesIn(body: Uint8Array): number {
  return parseBody(body).filter(({ type, ...element }) => {
    const { message } = element as { message?: { event: { type: string } } }
    return type === 'message' && message?.event.type === 'x.msg.new'
  }).length
}

serve(calls, async () => {
  await agent?.stop().catch(() => {})
  await store?.close()
  rmSync(dir, { recursive: true, force: true })
})
