/** Sizes and counts of chat §1.6 (bytes unless said otherwise) and §10.5. */

/** One encoded JSON message, and one batch body. */
export const MAX_MESSAGE = 15602
/** One element of a relay's batch: `MAX_MESSAGE` less `=`, count and length. */
export const MAX_RELAY_ELEMENT = 15598
export const MAX_CONN_INFO = 14694
/** A body, or link user data, after decompression. */
export const MAX_DECOMPRESSED = 65536
/** Messages in one body after decompression, and elements of any batch. */
export const MAX_BATCH_COUNT = 255
export const FILE_CHUNK_SIZE = 15780
/** Link user data longer than this is compressed (chat §3.7). */
export const LINK_DATA_COMPRESS_ABOVE = 10240
export const MAX_ROSTER_ENTRIES = 256
export const MAX_ROSTER_BLOB = 32768
/** A raw item of a compressed body instead of a frame, up to this length (chat §1.3). */
export const COMPRESS_ABOVE = 180

export const MAX_MENTIONS_SENT = 3
export const MAX_MENTIONS_RECEIVED = 5
/** Reactions per member per item. */
export const MAX_REACTIONS = 3
/** Characters of a reaction that this program does not know but keeps. */
export const MAX_REACTION_KEY = 1000
/** Own messages may be deleted this long after their time, milliseconds. */
export const DELETE_WINDOW = 78 * 3600_000
/** Items sent to a newcomer. */
export const HISTORY_ON_JOIN = 100
/** Characters of a member name in a forward, without the ellipsis (chat §1.4). */
export const MAX_FORWARD_NAME = 16

/** Ours: objects and arrays inside one another in received JSON; the protocol's own need fewer than ten. */
export const MAX_JSON_DEPTH = 100
