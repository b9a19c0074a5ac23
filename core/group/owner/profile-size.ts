import { encodeConnInfo } from '../../chat/outgoing.ts'
import type { GroupProfile } from '../../chat/profile.ts'
import { CodecError, HearthError } from '../../codec/error.ts'

/** Bytes of a super-peer's name, and of member ids, as the longest that we make or know. */
const NAME = 256
const MEMBER_ID = 24

/**
 * Super-peers answer whoever joins with the group's profile in one message of the handshake (chat §1.6, §5.3): one that
 * does not fit would keep everybody out. Errors: usage `large`.
 */
export function checkProfileSize(groupProfile: GroupProfile): void {
  const memberId = new Uint8Array(MEMBER_ID)
  try {
    encodeConnInfo({
      type: 'x.grp.link.inv',
      params: {
        groupLinkInvitation: {
          fromMember: { memberId, memberRole: 'relay' },
          fromMemberName: 'n'.repeat(NAME),
          invitedMember: { memberId, memberRole: 'moderator' },
          groupProfile,
          accepted: 'accepted',
          groupSize: Number.MAX_SAFE_INTEGER,
        },
      },
    })
  } catch (error) {
    if (!(error instanceof CodecError) || error.code !== 'oversize') throw error
    throw new HearthError('usage', 'large', 'picture and description are too long', false, { cause: error })
  }
}
