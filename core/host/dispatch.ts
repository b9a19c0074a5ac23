import type { AgentEvent, AgentHandler, ConnId } from '../agent/api.ts'
import { bindingOf } from '../chat/state/bindings.ts'
import { HearthError } from '../codec/error.ts'
import type { Log } from '../env/env.ts'
import type { Tx } from '../store/database.ts'
import type { ConnKind } from '../store/schema/chat.ts'

/** Which module an agent connection belongs to. */
export type Owner = 'groups' | 'superPeer' | 'contacts'

const OWNERS: Readonly<Record<ConnKind, Owner>> = {
  relay: 'groups',
  'group-link': 'groups',
  'relay-test': 'groups',
  'super-peer-address': 'superPeer',
  'super-peer-link': 'superPeer',
  'served-owner': 'superPeer',
  'served-member': 'superPeer',
  'super-peer-reply': 'superPeer',
  contact: 'contacts',
  'contact-invitation': 'contacts',
  'contact-address': 'contacts',
}

export interface DispatchDeps {
  readonly log: Log
  /** Looked up for each event: the modules are made with the agent, which is made with this handler. */
  owner(owner: Owner): AgentHandler
  /** After the commit. */
  routerState(router: string, connected: boolean): void
  /** Somebody else subscribed to this connection's queue. After the commit. */
  contested(conn: ConnId): void
}

/** Gives each agent event to the module whose connection it is of. */
export function createDispatch({ log, owner, routerState, contested }: DispatchDeps): AgentHandler {
  async function ownerOf(tx: Tx, conn: ConnId): Promise<Owner | undefined> {
    const binding = await bindingOf(tx, conn)
    return binding && OWNERS[binding.kind]
  }

  /** Each module hears of its own connections alone. */
  async function handleReachable(tx: Tx, event: Reachability): Promise<undefined> {
    const conns: Record<Owner, ConnId[]> = { groups: [], superPeer: [], contacts: [] }
    for (const conn of event.conns) {
      const module = await ownerOf(tx, conn)
      if (module !== undefined) conns[module].push(conn)
    }
    for (const module of ['groups', 'superPeer', 'contacts'] as const) {
      if (conns[module].length > 0) await owner(module).handle(tx, { ...event, conns: conns[module] })
    }
    tx.afterCommit(() => routerState(event.router, event.type === 'UP'))
  }

  return {
    async handle(tx, event) {
      if (isReachability(event)) return handleReachable(tx, event)
      if (event.type === 'END') tx.afterCommit(() => contested(event.conn))
      const module = await ownerOf(tx, event.conn)
      if (module !== undefined) return owner(module).handle(tx, event)
      // An address can be asked before the transaction that says whose it is: the event comes again.
      if (event.type === 'REQ') throw new HearthError('store', 'unbound', 'the address has no owner yet', true)
      log.debug('event of no module', { event: event.type, conn: event.conn })
      return undefined
    },
  }
}

type Reachability = Extract<AgentEvent, { readonly conns: readonly ConnId[] }>

function isReachability(event: AgentEvent): event is Reachability {
  return event.type === 'UP' || event.type === 'DOWN'
}
