import { buffer } from 'node:stream/consumers'
import type { Download, Page } from 'playwright-core'
import { encode } from 'uqr'

/** What runs in the page, which can decode pictures: the brightness of each pixel. */
const PIXELS = `async (uri) => {
  const image = new Image()
  image.src = uri
  await image.decode()
  const canvas = new OffscreenCanvas(image.width, image.height)
  const context = canvas.getContext('2d')
  context.drawImage(image, 0, 0)
  const { data, width } = context.getImageData(0, 0, image.width, image.height)
  const bits = []
  for (let at = 0; at < data.length; at += 4) bits.push(data[at] < 128 ? 1 : 0)
  return { bits: bits.join(''), width }
}`

/** Whether the picture that is saved shows the QR code of `text`: the finder gives its place, every module is compared. */
export async function showsQr(page: Page, saving: Promise<Download>, text: string): Promise<boolean> {
  const file = await buffer(await (await saving).createReadStream())
  const uri = `data:image/png;base64,${file.toString('base64')}`
  const { bits, width } = await page.evaluate<{ bits: string; width: number }>(`(${PIXELS})(${JSON.stringify(uri)})`)
  const { data } = encode(text, { border: 0 })
  const found = /1{60,}/.exec(bits)
  if (found === null) return false
  const cell = found[0].length / 7
  const [left, top] = [found.index % width, Math.floor(found.index / width)]
  return data.every((cells, row) =>
    cells.every((dark, column) => {
      const [x, y] = [left + (column + 0.5) * cell, top + (row + 0.5) * cell].map(Math.floor) as [number, number]
      return (bits[y * width + x] === '1') === dark
    }),
  )
}
