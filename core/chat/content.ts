import {
  bool,
  bytesText,
  canonicalJson,
  integer,
  type Json,
  type JsonCodec,
  type JsonObject,
  type Open,
  opaqueObject,
  openText,
  optional,
  record,
  text,
} from './json.ts'
import { type GroupProfile, groupProfile, image, type Profile, profile } from './profile.ts'

/**
 * What a message says (chat §2.5). A type that this program does not know survives storage and forwarding as it came.
 */
export type MsgContent =
  | TextContent
  | LinkContent
  | ImageContent
  | VideoContent
  | VoiceContent
  | FileContent
  | ReportContent
  | ChatContent
  | UnknownContent

export interface TextContent {
  readonly type: 'text'
  readonly text: string
}
export interface LinkContent {
  readonly type: 'link'
  readonly text: string
  readonly preview: LinkPreview
}
export interface ImageContent {
  readonly type: 'image'
  readonly text: string
  /** Data URI of a preview. */
  readonly image: string
}
export interface VideoContent {
  readonly type: 'video'
  readonly text: string
  readonly image: string
  /** Seconds. */
  readonly duration: number
}
export interface VoiceContent {
  readonly type: 'voice'
  readonly text: string
  /** Seconds. */
  readonly duration: number
}
export interface FileContent {
  readonly type: 'file'
  readonly text: string
}
export interface ReportContent {
  readonly type: 'report'
  readonly text: string
  readonly reason: Open<'spam' | 'content' | 'community' | 'profile' | 'other'>
}
/** A shared link to a group or person (chat §3.9). */
export interface ChatContent {
  readonly type: 'chat'
  readonly text: string
  readonly chatLink: MsgChatLink
  readonly ownerSig?: LinkOwnerSig | undefined
}
export interface UnknownContent {
  readonly type: 'unknown'
  /** The type as sent. */
  readonly tag: string
  /** What can be shown. */
  readonly text: string
  readonly json: JsonObject
}

export interface LinkPreview {
  readonly uri: string
  readonly title: string
  readonly description: string
  readonly image: string
  /** `{type: "page" | "image" | "video", …}`, kept as it came. */
  readonly content?: JsonObject | undefined
}

export type MsgChatLink =
  | {
      readonly type: 'contact'
      readonly connLink: string
      readonly profile: Profile
      readonly business: boolean
    }
  | { readonly type: 'invitation'; readonly invLink: string; readonly profile: Profile }
  | { readonly type: 'group'; readonly connLink: string; readonly groupProfile: GroupProfile }
  | { readonly type: 'unknown'; readonly tag: string; readonly json: JsonObject }

export interface LinkOwnerSig {
  /** Absent: signed by the root key. */
  readonly ownerId?: Uint8Array | undefined
  readonly chatBinding: Uint8Array
  readonly ownerSig: Uint8Array
}

type Tagged<T, K extends string> = Omit<Extract<T, { type: K }>, 'type'>

/** An object whose `type` selects the fields; a type without fields of ours is kept as it came. */
function tagged<T extends { readonly type: string }>(
  kinds: { readonly [K in Exclude<T['type'], 'unknown'>]: JsonCodec<Tagged<T, K>> },
  unknown: (tag: string, json: JsonObject) => T,
): JsonCodec<T> {
  const table = new Map(Object.entries(kinds) as [string, JsonCodec<object>][])
  return {
    decode(value) {
      const json = opaqueObject.decode(value)
      const tag = text.decode(json.type ?? null)
      const kind = table.get(tag)
      return kind === undefined ? unknown(tag, json) : ({ type: tag, ...kind.decode(json) } as unknown as T)
    },
    encode(value) {
      const kind = table.get(value.type)
      if (kind === undefined) return (value as unknown as { json: JsonObject }).json
      return { type: value.type, ...(kind.encode(value) as JsonObject) }
    },
  }
}

const linkPreview = record<LinkPreview>({
  uri: text,
  title: text,
  description: text,
  image,
  content: optional(opaqueObject),
})

const msgChatLink = tagged<MsgChatLink>(
  {
    contact: record<Tagged<MsgChatLink, 'contact'>>({ connLink: text, profile, business: bool }),
    invitation: record<Tagged<MsgChatLink, 'invitation'>>({ invLink: text, profile }),
    group: record<Tagged<MsgChatLink, 'group'>>({ connLink: text, groupProfile }),
  },
  (tag, json) => ({ type: 'unknown', tag, json }),
)

const linkOwnerSig = record<LinkOwnerSig>({
  ownerId: optional(bytesText(1, 255)),
  chatBinding: bytesText(1, 600),
  ownerSig: bytesText(64, 64),
})

export const msgContent: JsonCodec<MsgContent> = tagged<MsgContent>(
  {
    text: record<Tagged<MsgContent, 'text'>>({ text }),
    link: record<Tagged<MsgContent, 'link'>>({ text, preview: linkPreview }),
    image: record<Tagged<MsgContent, 'image'>>({ text, image }),
    video: record<Tagged<MsgContent, 'video'>>({ text, image, duration: integer }),
    voice: record<Tagged<MsgContent, 'voice'>>({ text, duration: integer }),
    file: record<Tagged<MsgContent, 'file'>>({ text }),
    report: record<Tagged<MsgContent, 'report'>>({
      text,
      reason: openText<'spam' | 'content' | 'community' | 'profile' | 'other'>(),
    }),
    chat: record<Tagged<MsgContent, 'chat'>>({ text, chatLink: msgChatLink, ownerSig: optional(linkOwnerSig) }),
  },
  (tag, json) => ({ type: 'unknown', tag, text: shownText(json.text), json }),
)

function shownText(value: Json | undefined): string {
  return typeof value === 'string' ? value : 'unknown message type'
}

/** A reaction (chat §2.10). Others than the eight emoji are kept as they came and cannot be sent. */
export type Reaction =
  | { readonly type: 'emoji'; readonly emoji: string }
  | { readonly type: 'unknown'; readonly tag: string; readonly json: JsonObject }

const EMOJI: ReadonlySet<string> = new Set(['👍', '👎', '😀', '😂', '😢', '\u2764', '🚀', '✅'])

export const reaction: JsonCodec<Reaction> = {
  decode(value) {
    const json = opaqueObject.decode(value)
    const tag = text.decode(json.type ?? null)
    if (tag === 'emoji' && typeof json.emoji === 'string' && EMOJI.has(json.emoji)) {
      return { type: 'emoji', emoji: json.emoji }
    }
    return { type: 'unknown', tag, json }
  },
  encode: (value) => (value.type === 'emoji' ? { type: 'emoji', emoji: value.emoji } : value.json),
}

export function isKnownReaction(value: Reaction): boolean {
  return value.type === 'emoji' && EMOJI.has(value.emoji)
}

/** Equal for two reactions that count as the same one of a member. */
export function reactionKey(value: Reaction): string {
  return value.type === 'emoji' ? value.emoji : `${value.tag}:${canonicalJson(value.json)}`
}

/**
 * The quoted content as a message of `quoting` carries it (chat §2.4): text where the message itself is large, and a
 * file name in place of an empty text.
 */
export function quotedContent(quoting: MsgContent, quoted: MsgContent, fileName = ''): MsgContent {
  const shown = quoted.text === '' ? fileName : quoted.text
  if (['link', 'image', 'video', 'chat', 'unknown'].includes(quoting.type)) return { type: 'text', text: shown }
  if (quoted.type === 'image' || quoted.type === 'file') return { ...quoted, text: shown }
  return quoted
}

export function sameContent(a: MsgContent, b: MsgContent): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
