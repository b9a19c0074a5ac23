/** Pictures of profiles travel inside messages: they must be small (chat §1.6). */
const SIDE = 192
const MAX_CHARACTERS = 12_500

/** A square JPEG as a data URI. Rejects where the file is no picture. */
export async function shrinkPicture(file: Blob): Promise<string> {
  const bitmap = await createImageBitmap(file)
  const square = Math.min(bitmap.width, bitmap.height)
  for (let side = SIDE; side >= 48; side = Math.floor(side * 0.75)) {
    const canvas = document.createElement('canvas')
    canvas.width = side
    canvas.height = side
    const context = canvas.getContext('2d')
    if (context === null) break
    context.fillStyle = '#ffffff'
    context.fillRect(0, 0, side, side)
    const left = (bitmap.width - square) / 2
    const top = (bitmap.height - square) / 2
    context.drawImage(bitmap, left, top, square, square, 0, 0, side, side)
    for (const quality of [0.85, 0.7, 0.5]) {
      const uri = canvas.toDataURL('image/jpeg', quality)
      if (uri.length <= MAX_CHARACTERS) return uri
    }
  }
  throw new Error('the picture cannot be made small enough')
}
