import type { ChatMessage } from '../../state/chats.ts'

/** A picture inside a message; anything that showing it would fetch is none. */
export function dataImage(value: unknown): string | undefined {
  return typeof value === 'string' && /^data:image\/(?:png|jpe?g|webp|gif);base64,/.test(value) ? value : undefined
}

export function pictureOf(message: ChatMessage): string | undefined {
  return message.content.type === 'image' && message.deletedAt === undefined
    ? dataImage(message.content.image)
    : undefined
}

/** Clipboards take PNG only. */
export async function copyPicture(uri: string): Promise<void> {
  await navigator.clipboard.write([new ClipboardItem({ 'image/png': asPng(blobOf(uri)) })])
}

async function asPng(picture: Blob): Promise<Blob> {
  const bitmap = await createImageBitmap(picture)
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height)
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0)
  bitmap.close()
  return canvas.convertToBlob({ type: 'image/png' })
}

/** The bytes of a data URI, without asking anybody for it. */
export function blobOf(uri: string): Blob {
  const [head = '', body = ''] = uri.split(',', 2)
  const type = /^data:([^;]+)/.exec(head)?.[1] ?? 'application/octet-stream'
  return new Blob([Uint8Array.from(atob(body), (character) => character.charCodeAt(0))], { type })
}

/** "hearth-2026-03-01-1405.jpg" */
export function pictureName(time: number, uri: string): string {
  const stamp = new Date(time).toISOString().slice(0, 16).replace('T', '-').replace(':', '')
  const type = /^data:image\/([a-z]+)/.exec(uri)?.[1] ?? 'jpeg'
  return `hearth-${stamp}.${type === 'jpeg' ? 'jpg' : type}`
}
