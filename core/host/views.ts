import { msgContent } from '../chat/content.ts'
import type { JsonObject } from '../chat/json.ts'
import type { OwnProfile } from '../chat/state/profiles.ts'
import type { GroupPreview, GroupView, MessageView } from '../group/api.ts'
import type { Group, Message, Preview, ProfileView } from './contract/types.ts'

/** From the views of the layers below to what the API answers: bytes become text, the network's objects JSON. */

export function groupView(view: GroupView): Group {
  const { groupProfile: _, lastMessage, ...rest } = view
  return { ...rest, lastMessage: lastMessage && messageView(lastMessage) }
}

export function messageView(view: MessageView): Message {
  const { content, quote, reactions, ...rest } = view
  return {
    ...rest,
    content: msgContent.encode(content) as JsonObject,
    quote: quote && {
      message: quote.message,
      text: quote.content.text,
      authorName: quote.authorName,
      sent: quote.sent,
    },
    reactions: reactions.map(({ reaction, count, own }) => ({
      emoji: reaction.type === 'emoji' ? reaction.emoji : '',
      count,
      own,
    })),
  }
}

export function previewView(preview: GroupPreview): Preview {
  const { groupProfile, ...rest } = preview
  return {
    ...rest,
    displayName: groupProfile.displayName,
    fullName: groupProfile.fullName,
    description: groupProfile.description,
    image: groupProfile.image,
  }
}

export function profileView({ id, profile, superPeer }: OwnProfile): ProfileView {
  return { id, displayName: profile.displayName, fullName: profile.fullName, image: profile.image, superPeer }
}
