/** Pictures in messages travel inside them (chat §1.6): as large as they fit, nothing cut off. */
const MAX_CHARACTERS = 12_000
const SIDES = [720, 600, 500, 420, 350, 290, 240, 200, 160, 120, 90]
const QUALITIES = [0.72, 0.58, 0.45]

/** A JPEG as a data URI of at most 12,000 characters. Rejects where the file is no picture. */
export async function shrinkPreview(file: Blob): Promise<string> {
  const bitmap = await createImageBitmap(file)
  const longest = Math.max(bitmap.width, bitmap.height)
  try {
    for (const side of [...new Set(SIDES.map((wanted) => Math.min(wanted, longest)))]) {
      const canvas = draw(bitmap, side / longest)
      for (const quality of QUALITIES) {
        const uri = canvas.toDataURL('image/jpeg', quality)
        if (uri.length <= MAX_CHARACTERS) return uri
      }
    }
  } finally {
    bitmap.close()
  }
  throw new Error('the picture cannot be made small enough')
}

function draw(bitmap: ImageBitmap, scale: number): HTMLCanvasElement {
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(1, Math.round(bitmap.width * scale))
  canvas.height = Math.max(1, Math.round(bitmap.height * scale))
  const context = canvas.getContext('2d')
  if (context === null) throw new Error('no canvas')
  // Transparent parts would become black in a JPEG.
  context.fillStyle = '#ffffff'
  context.fillRect(0, 0, canvas.width, canvas.height)
  context.imageSmoothingQuality = 'high'
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height)
  return canvas
}
