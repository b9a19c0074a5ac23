import { encode } from 'uqr'

const CELL = 12
const MARGIN = 64
const TITLE = 44
const NOTE = 22
const GAP = 28

/** A PNG to print or to send: the name, the QR code, the link in small letters. Dark on light, as cameras like it. */
export async function linkPicture(name: string, link: string): Promise<Blob> {
  const { data, size } = encode(link, { border: 0 })
  const side = size * CELL
  const width = side + 2 * MARGIN
  const canvas = document.createElement('canvas')
  const context = canvas.getContext('2d')
  if (context === null) throw new Error('pictures cannot be drawn here')
  const font = getComputedStyle(document.body).fontFamily
  const noteFont = `${NOTE}px ui-monospace, monospace`
  context.font = noteFont
  const lines = wrap(link, (text) => context.measureText(text).width <= side)
  const height = MARGIN + TITLE + GAP + side + GAP + lines.length * NOTE * 1.4 + MARGIN
  canvas.width = width
  canvas.height = Math.ceil(height)
  context.fillStyle = '#ffffff'
  context.fillRect(0, 0, canvas.width, canvas.height)
  context.fillStyle = '#1f1b16'
  context.textAlign = 'center'
  context.textBaseline = 'top'
  context.font = `600 ${TITLE}px ${font}`
  context.fillText(name, width / 2, MARGIN - 8, side)
  const top = MARGIN + TITLE + GAP
  for (const [row, cells] of data.entries()) {
    for (const [column, dark] of cells.entries()) {
      if (dark) context.fillRect(MARGIN + column * CELL, top + row * CELL, CELL, CELL)
    }
  }
  context.font = noteFont
  for (const [index, line] of lines.entries()) {
    context.fillText(line, width / 2, top + side + GAP + index * NOTE * 1.4)
  }
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob === null ? reject(new Error('the picture is empty')) : resolve(blob)), 'image/png')
  })
}

function wrap(text: string, fits: (line: string) => boolean): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const character of text) {
    if (line !== '' && !fits(line + character)) {
      lines.push(line)
      line = ''
    }
    line += character
  }
  return [...lines, line]
}
