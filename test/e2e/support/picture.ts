import { writeFileSync } from 'node:fs'
import type { Locator, Page } from 'playwright-core'

/** What runs in the page, which has a document. */
const DRAW = `(() => {
  const canvas = document.createElement('canvas')
  canvas.width = 1200
  canvas.height = 600
  const context = canvas.getContext('2d')
  for (let i = 0; i < 4000; i++) {
    context.fillStyle = 'hsl(' + (i * 37) % 360 + ' 70% 60%)'
    context.fillRect((i * 151) % 1200, (i * 89) % 600, 40, 24)
  }
  return canvas.toDataURL('image/png')
})()`

/** A file with a picture, twice as wide as high and with too much in it to be sent as it is. */
export async function drawnPicture(page: Page, file: string): Promise<void> {
  const uri = await page.evaluate<string>(DRAW)
  writeFileSync(file, Buffer.from(uri.split(',')[1] ?? '', 'base64'))
}

/** Width of a shown picture divided by its height. */
export async function proportion(picture: Locator): Promise<number> {
  await picture.waitFor()
  const box = await picture.evaluate((image: unknown) => {
    const { naturalWidth, naturalHeight } = image as { naturalWidth: number; naturalHeight: number }
    return { naturalWidth, naturalHeight }
  })
  return box.naturalWidth / box.naturalHeight
}
