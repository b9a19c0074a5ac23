import type { Agent, AgentEvent, AgentHandler, ConnId, LinkType, LinkUserData } from '../../agent/api.ts'
import { base64url } from '../../codec/base64url.ts'
import { asHearthError, HearthError } from '../../codec/error.ts'
import { encodePublicKey } from '../../codec/keys.ts'
import type { Log } from '../../env/env.ts'
import type { Store, Tx } from '../../store/database.ts'
import { errorFields, eventLines } from './events.ts'
import type { Output } from './output.ts'
import { bytesField, type ConsoleRequest, numberField, parseRequest, textField } from './request.ts'
import type { ShownRecord } from './shown.ts'

/** The agent's console: JSON lines in, JSON lines out (docs/console.md). */
export interface Console {
  /** What the agent is created with. */
  readonly handler: AgentHandler
  /** Handles one line; its answer is written when it is known. Never rejects. */
  request(line: string): Promise<void>
  /** Says that a line was longer than what is read. */
  refuseLongLine(): void
}

export interface ConsoleDeps {
  readonly store: Store
  readonly output: Output
  readonly shown: ShownRecord
  readonly log: Log
  /** The agent, which is created with this console's handler. */
  agent(): Agent
  quit(): void
}

interface LinkWrite {
  readonly conn: ConnId
  resolve(): void
  reject(error: HearthError): void
}

const LINK_TYPES: readonly string[] = ['a', 'c', 'g', 'r'] satisfies LinkType[]

export function createConsole({ store, output, shown, log, agent, quit }: ConsoleDeps): Console {
  /** Requests that wait for the router to have their link data, by the number of the write. */
  const linkWrites = new Map<number, LinkWrite>()

  function show(event: AgentEvent & { type: 'MSG' }): void {
    if (!shown.has(event.conn, event.message)) {
      for (const line of eventLines(event)) output.line(line, () => shown.add(event.conn, event.message))
    }
    agent()
      .acknowledge(event.conn, event.message)
      .catch((error: unknown) => log.warn('acknowledge', { conn: event.conn, error: String(error) }))
  }

  /**
   * A message is shown when it is committed and acknowledged when it is shown. Everything else is shown before its
   * commit: a process killed in between shows it again rather than never.
   */
  async function handle(tx: Tx, event: AgentEvent): Promise<'hold' | undefined> {
    if (event.type === 'MSG') {
      tx.afterCommit(() => show(event))
      return 'hold'
    }
    for (const line of eventLines(event)) output.line(line)
    if (event.type === 'LINK') take(event.write)?.resolve()
    if (event.type === 'ERR' && event.write !== undefined) take(event.write)?.reject(event.error)
    if (event.type === 'DELETED') abandon(event.conn)
    return undefined
  }

  function take(write: number): LinkWrite | undefined {
    const entry = linkWrites.get(write)
    linkWrites.delete(write)
    return entry
  }

  function abandon(conn: ConnId): void {
    for (const [write, entry] of linkWrites) {
      if (entry.conn !== conn) continue
      linkWrites.delete(write)
      entry.reject(new HearthError('usage', 'deleted', 'the connection was deleted'))
    }
  }

  function written(conn: ConnId, data: LinkUserData): Promise<void> {
    return new Promise((resolve, reject) => {
      store
        .write(async (tx) => {
          const write = await agent().setLinkData(tx, conn, data)
          tx.afterCommit(() => linkWrites.set(write, { conn, resolve, reject }))
        })
        .catch(reject)
    })
  }

  const verbs: Readonly<Record<string, (request: ConsoleRequest) => Promise<object>>> = {
    invite: async (request) => {
      const created = await agent().createInvitation({ userData: linkData(request) })
      return { conn: created.conn, fullLink: created.full, shortLink: created.short }
    },
    address: async (request) => {
      const type = request.fields.type === undefined ? 'a' : textField(request, 'type')
      if (!LINK_TYPES.includes(type)) {
        throw new HearthError('usage', 'field', `"type" is one of ${LINK_TYPES.join(', ')}`)
      }
      const created = await agent().createAddress({ type: type as LinkType, userData: linkData(request) })
      return { conn: created.conn, fullLink: created.full, shortLink: created.short }
    },
    join: async (request) => {
      const link = textField(request, 'link')
      const info = bytesField(request, 'info')
      // Whoever did not get the answer before a kill asks again: the link is already on its way to be joined.
      const conn = await store.write(async (tx) => (await agent().joined(tx, link)) ?? agent().join(tx, link, info))
      return { conn }
    },
    allow: async (request) => {
      const conn = numberField(request, 'conn')
      const confirmation = numberField(request, 'confId')
      const info = bytesField(request, 'info')
      await store.write((tx) => agent().allow(tx, conn, confirmation, info))
      return { conn }
    },
    accept: async (request) => {
      const id = numberField(request, 'requestId')
      const info = bytesField(request, 'info')
      return { conn: await store.write((tx) => agent().accept(tx, id, info)) }
    },
    reject: async (request) => {
      const id = numberField(request, 'requestId')
      await store.write((tx) => agent().reject(tx, id))
      return { requestId: id }
    },
    send: async (request) => {
      const conn = numberField(request, 'conn')
      const body = bytesField(request, 'body')
      return { conn, msgId: await store.write((tx) => agent().send(tx, conn, body, { report: true })) }
    },
    renew: async (request) => {
      const conn = numberField(request, 'conn')
      const force = request.fields.force === true
      await store.write((tx) => agent().synchronise(tx, conn, { force }))
      return { conn }
    },
    'read-link': async (request) => {
      const content = await agent().readLink(textField(request, 'link'))
      return {
        link: content.link,
        fullLink: content.fullLink,
        userData: base64url(content.userData),
        clientData: content.clientData ?? null,
        direct: content.direct,
        relays: content.relays,
        owners: content.owners.map((owner) => ({
          ownerId: base64url(owner.id),
          ownerKey: base64url(encodePublicKey(owner.key)),
        })),
        rootKey: base64url(encodePublicKey(content.rootKey)),
        entityId: content.entityId === undefined ? null : base64url(content.entityId),
      }
    },
    'set-link-data': async (request) => {
      const conn = numberField(request, 'conn')
      await written(conn, { direct: true, owners: [], relays: [], userData: bytesField(request, 'userData') })
      return { conn }
    },
    delete: async (request) => {
      const conn = numberField(request, 'conn')
      await store.write((tx) => agent().remove(tx, conn))
      return { conn }
    },
    connections: async () => {
      const connections = await store.read((tx) => agent().connections(tx))
      return connections.map((info) => ({ ...info, quotaSince: info.quotaSince ?? null }))
    },
    quit: async () => ({}),
  }

  return {
    handler: { handle },
    async request(line) {
      let id: ConsoleRequest['id'] = null
      try {
        const request = parseRequest(line)
        id = request.id
        const verb = Object.hasOwn(verbs, request.verb) ? verbs[request.verb] : undefined
        if (verb === undefined) throw new HearthError('usage', 'verb', `unknown verb "${request.verb}"`)
        output.line({ id, ok: await verb(request) })
        if (request.verb === 'quit') quit()
      } catch (error) {
        output.line({ id, error: errorFields(asHearthError(error, 'usage', 'failed')) })
      }
    },
    refuseLongLine() {
      output.line({ id: null, error: errorFields(new HearthError('usage', 'syntax', 'the line is too long')) })
    },
  }
}

/** User data of a new link: `linkData`, or what callers that have one text for everything give as `info`. */
function linkData(request: ConsoleRequest): Uint8Array {
  return bytesField(request, request.fields.linkData === undefined ? 'info' : 'linkData')
}
