import { HearthError } from '../codec/error.ts'
import type { Tx } from '../store/database.ts'
import type { BlockId, ServingRequestId } from './api.ts'
import type { SuperPeerContext } from './context.ts'
import { deleteBlock, insertBlock, sameBlock } from './state/blocks.ts'
import { allRequests, deleteRequest, requestById, requestView } from './state/requests.ts'

/**
 * A person who does not want to serve a group, nor to be asked again. What is blocked is the group, by the key of its
 * link: owners have a fresh identity in every group, so that nothing else of them can be recognised.
 */

/** Forgets every invitation of the group and refuses those to come; the owner hears nothing. */
export async function blockRequest(context: SuperPeerContext, tx: Tx, id: ServingRequestId): Promise<void> {
  const row = await requestById(tx, id)
  if (row === undefined) throw new HearthError('usage', 'no-request')
  if (row.state === 'accepted') throw new HearthError('usage', 'accepted', 'this invitation was accepted already')
  const { groupLink, groupName, groupImage, owner } = requestView(row)
  await insertBlock(tx, {
    link: groupLink,
    name: groupName ?? null,
    image: groupImage ?? null,
    owner: owner.displayName,
    created_at: context.env.clock.now(),
  })
  for (const other of await allRequests(tx)) {
    if (other.state === 'accepted' || !sameBlock(other.link, groupLink)) continue
    await context.agent.reject(tx, other.request)
    await deleteRequest(tx, other.serving_request)
    context.notify(tx, { type: 'request-gone', request: other.serving_request, group: undefined })
  }
  context.notify(tx, { type: 'blocked' })
}

export async function unblock(context: SuperPeerContext, tx: Tx, id: BlockId): Promise<void> {
  if (!(await deleteBlock(tx, id))) throw new HearthError('usage', 'no-block')
  context.notify(tx, { type: 'blocked' })
}
