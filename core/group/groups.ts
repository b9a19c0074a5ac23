import type { AgentEvent } from '../agent/api.ts'
import { bindingOf } from '../chat/state/bindings.ts'
import { HearthError } from '../codec/error.ts'
import type { Tx } from '../store/database.ts'
import type { GroupId, Groups, GroupsDeps } from './api.ts'
import type { GroupContext, Subject } from './context.ts'
import { deleteMessage, editMessage, react, sendMessage } from './conversation.ts'
import { endGroup } from './ending.ts'
import { expiryStep } from './expiry.ts'
import { linkEvent, relayEvent, testEvent } from './incoming.ts'
import { connectStep } from './member/connect.ts'
import { joinGroup, previewGroup } from './member/join.ts'
import { resyncGroup, resyncStep } from './member/resync.ts'
import {
  blockMember,
  deleteGroup,
  removeMember,
  removeSuperPeer,
  requireGroup,
  requireOwner,
  retrySuperPeer,
  setRole,
  updateProfile,
} from './owner/administration.ts'
import { addRelay, agreementStep } from './owner/agreement.ts'
import { createGroup, creationStep } from './owner/create.ts'
import { linkDataStep } from './owner/link-data.ts'
import { prepareRenewal } from './renew.ts'
import { forgetSends } from './sending/adopt.ts'
import { sendEvents } from './sending/compose.ts'
import { DEFAULT_GROUP_SETTINGS } from './settings.ts'
import { beginCountdown } from './state/expiry.ts'
import { allGroups, groupById } from './state/groups.ts'
import { forgetEvents } from './state/messages.ts'
import { relayByMember, relaysOf } from './state/relays.ts'
import {
  copyViews,
  groupView,
  listGroups,
  memberViews,
  messageView,
  messageViews,
  superPeerViews,
} from './state/views.ts'
import { createSteps } from './steps.ts'
import { createSuperPeerTests } from './test-super-peer.ts'

const CLEANUP_INTERVAL = 3_600_000
const CLEANUP_ROWS = 2000

export function createGroups(deps: GroupsDeps): Groups {
  const { env, store, agent } = deps
  const settings = { ...DEFAULT_GROUP_SETTINGS, ...deps.settings }
  const steps = createSteps(env, step)
  const context: GroupContext = {
    env,
    store,
    agent,
    settings,
    notify: (tx, event) => tx.afterCommit(() => deps.notify(event)),
    wake: (tx, subject) => tx.afterCommit(() => steps.wake(subject)),
  }
  const tests = createSuperPeerTests(context)

  async function step(subject: Subject): Promise<number | undefined> {
    switch (subject.type) {
      case 'creation':
        return creationStep(context, subject.group)
      case 'link-data':
        return linkDataStep(context, subject.group)
      case 'resync':
        return resyncStep(context, subject.group)
      case 'cleanup':
        return cleanup()
      case 'expiry':
        return expiryStep(context)
      case 'super-peer': {
        const found = await store.read(async (tx) => {
          const relay = await relayByMember(tx, subject.member)
          const group = relay && (await groupById(tx, relay.member.group))
          return relay && group ? { relay, group } : undefined
        })
        if (found === undefined) return undefined
        const { relay, group } = found
        return group.part === 'owner' ? agreementStep(context, relay, group) : connectStep(context, relay)
      }
    }
  }

  async function cleanup(): Promise<number> {
    const before = env.clock.now() - settings.keepEvents
    const forgotten = await store.write(async (tx) => {
      await forgetSends(tx, env.clock.now())
      return forgetEvents(tx, before, CLEANUP_ROWS)
    })
    return env.clock.now() + (forgotten === CLEANUP_ROWS ? 1000 : CLEANUP_INTERVAL)
  }

  /** Every unfinished step follows from what is stored (design §5.2). */
  async function takeUp(): Promise<void> {
    await tests.clear()
    const subjects = await store.read(async (tx) => {
      const found: Subject[] = [{ type: 'cleanup' }, { type: 'expiry' }]
      for (const group of await allGroups(tx)) {
        if (group.part === 'super-peer') continue
        if (group.status === 'creating') found.push({ type: 'creation', group: group.id })
        if (group.row.link_due_at !== null) found.push({ type: 'link-data', group: group.id })
        for (const { member } of await relaysOf(tx, group.id)) found.push({ type: 'super-peer', member: member.id })
        if (group.part === 'member' && (group.status === 'active' || group.status === 'failed')) {
          found.push({ type: 'resync', group: group.id })
        }
      }
      return found
    })
    for (const subject of subjects) steps.wake(subject)
  }

  const write = <T>(work: (tx: Tx) => Promise<T>) => store.write(work)
  const read = <T>(work: (tx: Tx) => Promise<T>) => store.read(work)

  return {
    start: takeUp,
    prepareRenewal: () => prepareRenewal(context),
    stop: () => steps.stop(),
    async handle(tx: Tx, event: AgentEvent) {
      if ('conns' in event) return undefined
      const binding = await bindingOf(tx, event.conn)
      if (binding?.kind === 'relay') await relayEvent(context, tx, binding.reference, event)
      if (binding?.kind === 'group-link') await linkEvent(context, tx, binding.reference, event)
      if (binding?.kind === 'relay-test') await testEvent(tests, tx, event)
      return undefined
    },

    create: (profile, options) => createGroup(context, profile, options),
    confirm: (group) => write((tx) => confirmGroup(context, tx, group)),
    addSuperPeer: (group, address) =>
      write(async (tx) => {
        await requireOwner(tx, group)
        return addRelay(context, tx, group, address)
      }),
    removeSuperPeer: (group, superPeer) => write((tx) => removeSuperPeer(context, tx, group, superPeer)),
    retrySuperPeer: (group, superPeer) => write((tx) => retrySuperPeer(context, tx, group, superPeer)),
    testSuperPeer: (_profile, address) => tests.test(address),

    updateProfile: (group, patch) => write((tx) => updateProfile(context, tx, group, patch)),
    setRole: (group, member, role) => write((tx) => setRole(context, tx, group, member, role)),
    blockMember: (group, member, blocked) => write((tx) => blockMember(context, tx, group, member, blocked)),
    removeMember: (group, member, options) =>
      write((tx) => removeMember(context, tx, group, member, options?.messages === true)),
    leave: (group) => write((tx) => leaveGroup(context, tx, group)),
    remove: (group) => write((tx) => deleteGroup(context, tx, group)),
    forget: (group) => write((tx) => forgetGroup(context, tx, group)),

    preview: (link) => previewGroup(context, link),
    join: (profile, link, options = {}) => joinGroup(context, profile, link, options),
    resync: (group) => resyncGroup(context, group),

    send: (group, content) => write((tx) => sendMessage(context, tx, group, content)),
    edit: (group, message, text) => write((tx) => editMessage(context, tx, group, message, text)),
    deleteMessage: (group, message) => write((tx) => deleteMessage(context, tx, group, message)),
    react: (group, message, emoji, add) => write((tx) => react(context, tx, group, message, emoji, add)),
    markRead: (group, message) =>
      write(async (tx) => {
        await tx.run('UPDATE groups SET read_message = max(read_message, ?) WHERE group_id = ?', message, group)
        if (await beginCountdown(tx, group, message, env.clock.now())) context.wake(tx, { type: 'expiry' })
        context.notify(tx, { type: 'group', group, change: 'updated' })
      }),
    setFlags: (group, flags) =>
      write(async (tx) => {
        for (const name of ['muted', 'pinned', 'archived'] as const) {
          const value = flags[name]
          if (value === undefined) continue
          await tx.run(`UPDATE groups SET ${name} = ? WHERE group_id = ?`, value ? 1 : 0, group)
        }
        context.notify(tx, { type: 'group', group, change: 'updated' })
      }),

    list: () => read(listGroups),
    get: (group) => read((tx) => groupView(tx, group)),
    members: (group, page) => read((tx) => memberViews(tx, group, page)),
    messages: (group, page) => read((tx) => messageViews(tx, group, page)),
    message: (message) => read((tx) => messageView(tx, message)),
    superPeers: (group) => read((tx) => superPeerViews(tx, group)),
    deliveredBy: (message) => read((tx) => copyViews(tx, message)),
  }
}

async function confirmGroup(context: GroupContext, tx: Tx, id: GroupId): Promise<void> {
  const group = await requireOwner(tx, id)
  if (group.status === 'active') return
  const relays = await relaysOf(tx, id)
  if (!relays.some(({ row }) => row.status === 'active')) {
    throw new HearthError('usage', 'not-active', 'no super-peer is active yet')
  }
  await tx.run("UPDATE groups SET status = 'active' WHERE group_id = ?", id)
  context.notify(tx, { type: 'group', group: id, change: 'updated' })
}

async function leaveGroup(context: GroupContext, tx: Tx, id: GroupId): Promise<void> {
  const group = await requireGroup(tx, id)
  if (group.part === 'owner') throw new HearthError('usage', 'owner', 'an owner deletes the group instead')
  if (group.status === 'left') return
  if (group.status === 'active') {
    await sendEvents(context, tx, group, [{ event: { type: 'x.grp.leave', params: {} } }], { wait: false })
  }
  await endGroup(context, tx, id, 'left', { afterDelivery: true })
}

async function forgetGroup(context: GroupContext, tx: Tx, id: GroupId): Promise<void> {
  const group = await requireGroup(tx, id)
  const over: readonly string[] = ['left', 'removed', 'deleted', 'failed']
  if (!over.includes(group.status)) throw new HearthError('usage', 'in-use', 'leave or delete the group first')
  await tx.run('DELETE FROM groups WHERE group_id = ?', id)
  context.notify(tx, { type: 'group', group: id, change: 'deleted' })
}
