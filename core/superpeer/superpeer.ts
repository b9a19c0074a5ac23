import type { AgentEvent } from '../agent/api.ts'
import { readConnInfo } from '../chat/container.ts'
import { type Binding, bindingOf, unbind } from '../chat/state/bindings.ts'
import { HearthError } from '../codec/error.ts'
import type { Timer } from '../env/env.ts'
import { groupById } from '../group/state/groups.ts'
import type { Tx } from '../store/database.ts'
import { addressOf, disable, enable, renewAddress } from './address.ts'
import { joinRequest } from './admit.ts'
import type { SuperPeer, SuperPeerDeps } from './api.ts'
import { blockRequest, unblock } from './block.ts'
import type { SuperPeerContext } from './context.ts'
import { createDelivery } from './deliver.ts'
import { beginLeaving } from './ending.ts'
import { addressRequest } from './invitation.ts'
import { rateLimit } from './limits.ts'
import { createPauseWatch, deliveryEvent } from './pause.ts'
import { receiveBody } from './plan.ts'
import { renewServed } from './renew.ts'
import { createRequestWorker } from './requests.ts'
import { createRetention } from './retention.ts'
import { DEFAULT_SETTINGS } from './settings.ts'
import { allBlocks } from './state/blocks.ts'
import { allRequests, deleteRequest, requestById, requestView, setRequestState } from './state/requests.ts'
import { servedGroup, setServedStatus } from './state/served.ts'
import { servedGroupViews, superPeerStatistics } from './statistics.ts'
import { createLinkWatch } from './watch.ts'
import { memberConnected, memberInfo, neverConnected } from './welcome.ts'

/** The relay engine of one host (chat §4, §7). */
export function createSuperPeer(deps: SuperPeerDeps): SuperPeer {
  const { env, store, agent } = deps
  const { clock } = env
  const settings = { ...DEFAULT_SETTINGS, ...deps.settings }
  const context: SuperPeerContext = {
    env,
    store,
    agent,
    settings,
    // A super-peer's groups are nobody's conversations: what it refuses is counted where it is refused.
    receive: { env, notify: () => {} },
    notify: (tx, event) => tx.afterCommit(() => deps.notify(event)),
    wakeDelivery: (tx, group) => tx.afterCommit(() => delivery.wake(group)),
    wakeRequests: (tx) => tx.afterCommit(() => requests.wake()),
    wakePaused: (tx) => tx.afterCommit(() => paused.wake()),
    wakeWatch: (tx) => tx.afterCommit(() => watch.wake()),
  }
  const delivery = createDelivery(context)
  const requests = createRequestWorker(context)
  const paused = createPauseWatch(context)
  const watch = createLinkWatch(context)
  const retention = createRetention(context, () => rate.sweep())
  const rate = rateLimit(clock, settings)
  const timers = new Set<Timer>()
  let running = false

  /** Ends a connection's turn later: until then its router gives nothing more of it. */
  function acknowledgeLater(event: Extract<AgentEvent, { type: 'MSG' }>, delay: number): void {
    const timer = clock.timer(delay, () => {
      timers.delete(timer)
      if (!running) return
      agent.acknowledge(event.conn, event.message).catch((error: unknown) => {
        env.log.warn('super-peer.acknowledge', { error: String(error) })
      })
    })
    timers.add(timer)
  }

  async function handleBound(tx: Tx, event: AgentEvent, binding: Binding): Promise<'hold' | undefined> {
    switch (event.type) {
      case 'REQ':
        if (binding.kind === 'super-peer-address') await addressRequest(context, tx, event)
        else if (binding.kind === 'super-peer-link') await joinRequest(context, tx, binding.reference, event)
        else await agent.reject(tx, event.request)
        return
      case 'INFO': {
        const element = readConnInfo(event.info)
        if (binding.kind === 'served-member' && element !== undefined) await memberInfo(tx, binding.reference, element)
        return
      }
      case 'CON':
        if (binding.kind === 'served-member' || binding.kind === 'served-owner') {
          await memberConnected(context, tx, binding.reference)
        }
        return
      case 'MSG': {
        if (binding.kind !== 'served-member' && binding.kind !== 'served-owner') return
        const delay = await receiveBody(context, tx, binding.reference, event, rate)
        if (delay === 0) return
        tx.afterCommit(() => acknowledgeLater(event, delay))
        return 'hold'
      }
      case 'SENT':
      case 'MWARN':
      case 'MERR':
      case 'QCONT':
        if (binding.kind !== 'served-member' && binding.kind !== 'served-owner') return
        await deliveryEvent(context, tx, binding.reference, event)
        return
      case 'ERR':
        if (binding.kind === 'served-member' && !event.error.temporary) {
          await neverConnected(context, tx, binding.reference, event.conn)
        }
        return
      case 'DELETED':
        await unbind(tx, event.conn)
        return
      default:
    }
  }

  return {
    start: async () => {
      running = true
      await delivery.start()
      for (const worker of [requests, paused, watch, retention]) worker.start()
    },
    renew: (tx) => renewServed(context, tx),
    stop: async () => {
      running = false
      for (const timer of timers) timer.cancel()
      timers.clear()
      await Promise.all([delivery, requests, paused, watch, retention].map((part) => part.stop()))
    },
    handle: async (tx, event) => {
      if (!('conn' in event)) return undefined
      const binding = await bindingOf(tx, event.conn)
      return binding && handleBound(tx, event, binding)
    },
    enable: (options) => enable(context, options),
    address: () => store.read(addressOf),
    renewAddress: () => renewAddress(context),
    disable: () => disable(context),
    requests: async () => (await store.read(allRequests)).map(requestView),
    accept: (request) =>
      store.write(async (tx) => {
        if ((await requestById(tx, request)) === undefined) throw new HearthError('usage', 'no-request')
        await setRequestState(tx, request, 'accepted')
        context.notify(tx, { type: 'request', request: requestView((await requestById(tx, request))!) })
        context.wakeRequests(tx)
      }),
    reject: (request) =>
      store.write(async (tx) => {
        const row = await requestById(tx, request)
        if (row === undefined) throw new HearthError('usage', 'no-request')
        await agent.reject(tx, row.request)
        await deleteRequest(tx, request)
        context.notify(tx, { type: 'request-gone', request, group: undefined })
      }),
    block: (request) => store.write((tx) => blockRequest(context, tx, request)),
    blocked: () => store.read(allBlocks),
    unblock: (block) => store.write((tx) => unblock(context, tx, block)),
    groups: () => store.read(servedGroupViews),
    leave: (id) =>
      store.write(async (tx) => {
        const group = await groupById(tx, id)
        const served = await servedGroup(tx, id)
        if (group === undefined || served === undefined) throw new HearthError('usage', 'no-group')
        if (served.status === 'rejected') return
        if (served.ended_at !== null) await setServedStatus(tx, id, 'rejected', clock.now())
        else await beginLeaving(context, tx, group)
      }),
    allow: (id) =>
      store.write(async (tx) => {
        const served = await servedGroup(tx, id)
        if (served === undefined) throw new HearthError('usage', 'no-group')
        if (served.status !== 'rejected') return
        await setServedStatus(tx, id, 'inactive', clock.now())
        context.notify(tx, { type: 'served-group', group: id, change: 'status', status: 'inactive' })
      }),
    statistics: (group) => store.read((tx) => superPeerStatistics(tx, clock.now(), group)),
  }
}
