import type { Browser } from 'playwright-core'

/** Small pictures that are drawn here, so that the gallery shows nobody's. */
const SKY = (top: string, bottom: string) =>
  `<rect width="100" height="100" fill="${top}"/><rect y="30" width="100" height="70" fill="${bottom}" fill-opacity=".4"/>
   <rect y="46" width="100" height="54" fill="${bottom}" fill-opacity=".6"/>`

const SEA = (colour: string) => `<rect y="66" width="100" height="34" fill="${colour}"/>
  <path d="M0 74 q8 -4 16 0 t16 0 t16 0 t16 0 t16 0 t20 0" fill="none" stroke="#fff" stroke-opacity=".35" stroke-width="2"/>
  <path d="M-6 84 q8 -4 16 0 t16 0 t16 0 t16 0 t16 0 t20 0" fill="none" stroke="#fff" stroke-opacity=".25" stroke-width="2"/>`

function face(background: string, skin: string, hair: string, shirt: string, long = false): string {
  const locks = long ? `<rect x="28" y="36" width="44" height="42" rx="14" fill="${hair}"/>` : ''
  return `<rect width="100" height="100" fill="${background}"/>${locks}
    <path d="M14 104 q4 -34 36 -34 t36 34 z" fill="${shirt}"/>
    <rect x="43" y="56" width="14" height="18" rx="7" fill="${skin}"/>
    <circle cx="50" cy="45" r="19" fill="${skin}"/>
    <path d="M30 44 q0 -22 20 -22 t20 22 q-6 -12 -20 -12 t-20 12 z" fill="${hair}"/>`
}

/** Drawings on a field of 100 by 100. */
const DRAWINGS = {
  harbour: `${SKY('#fcd9b6', '#fef3e6')}<circle cx="50" cy="58" r="17" fill="#f28b3b"/>${SEA('#2c6e8f')}
    <path d="M30 66 h40 l-7 10 h-26 z" fill="#7b2d13"/><path d="M49 30 v34 h-17 z" fill="#fff"/><path d="M52 36 v28 h14 z" fill="#f7e3cf"/>`,
  ferry: `${SKY('#a9cfe5', '#e7f3fa')}${SEA('#215876')}<path d="M12 58 h76 l-9 16 h-58 z" fill="#14344a"/>
    <rect x="24" y="44" width="50" height="14" fill="#fff"/><rect x="34" y="33" width="26" height="11" fill="#fff"/>
    <rect x="62" y="28" width="7" height="16" fill="#d9480f"/>
    <path d="M28 49 h6 v5 h-6 z M38 49 h6 v5 h-6 z M48 49 h6 v5 h-6 z M58 49 h6 v5 h-6 z" fill="#8fb9d1"/>`,
  garden: `${SKY('#dff0c8', '#f6fbea')}<rect y="72" width="100" height="28" fill="#7a4e2b"/>
    <path d="M50 76 v-34" stroke="#2f6b22" stroke-width="5"/><path d="M50 54 q-24 -2 -26 -24 q24 0 26 24 z" fill="#4c9a35"/>
    <path d="M50 46 q22 -4 24 -26 q-24 2 -24 26 z" fill="#6bb74c"/>`,
  choir: `<rect width="100" height="100" fill="#5b3a8e"/><path d="M38 70 v-40 l34 -8 v40" fill="none" stroke="#fff" stroke-width="6"/>
    <ellipse cx="31" cy="71" rx="10" ry="8" fill="#fff"/><ellipse cx="65" cy="63" rx="10" ry="8" fill="#fff"/>`,
  repair: `<rect width="100" height="100" fill="#d97b12"/><g transform="rotate(45 50 50)"><rect x="44" y="34" width="12" height="52" rx="6" fill="#fff"/>
    <path d="M34 12 v18 q0 12 16 12 t16 -12 v-18 l-9 9 v10 h-14 v-10 z" fill="#fff"/></g>`,
  cafe: `<rect width="100" height="100" fill="#0f766e"/><path d="M26 40 h42 v18 q0 20 -21 20 t-21 -20 z" fill="#fff"/>
    <path d="M68 46 q14 0 14 9 t-14 9" fill="none" stroke="#fff" stroke-width="5"/>
    <path d="M38 33 q-5 -7 0 -14 M52 33 q-5 -7 0 -14" fill="none" stroke="#fff" stroke-width="4" stroke-linecap="round"/>`,
  lighthouse: `${SKY('#1d2b53', '#51618f')}<path d="M58 30 l42 -14 v30 z" fill="#ffe9a8" fill-opacity=".7"/>
    <path d="M42 38 h16 l6 46 h-28 z" fill="#fff"/><path d="M41 48 h18 l1 9 h-20 z M38 66 h24 l1 9 h-26 z" fill="#c92a2a"/>
    <rect x="41" y="24" width="18" height="14" rx="3" fill="#ffd43b"/><path d="M38 24 h24 l-12 -10 z" fill="#343a40"/>
    <path d="M0 84 q50 -12 100 0 v16 h-100 z" fill="#12203f"/>`,
  oak: `<rect width="100" height="100" fill="#e6efdc"/><rect x="45" y="56" width="10" height="32" fill="#6b4423"/>
    <circle cx="50" cy="38" r="24" fill="#3d7a35"/><circle cx="32" cy="48" r="15" fill="#4b8f42"/><circle cx="68" cy="48" r="15" fill="#356d2e"/>`,
  elm: `<rect width="100" height="100" fill="#e8e4f5"/><rect x="46" y="60" width="8" height="30" fill="#5b4636"/>
    <path d="M50 10 q32 22 26 52 h-52 q-6 -30 26 -52 z" fill="#4f7d5d"/>`,
  pine: `<rect width="100" height="100" fill="#dfeaf0"/><rect x="46" y="74" width="8" height="16" fill="#5a3b24"/>
    <path d="M50 12 l20 28 h-40 z M50 30 l26 30 h-52 z M50 50 l30 28 h-60 z" fill="#1f5f4a"/>`,
  birch: `<rect width="100" height="100" fill="#f3ead2"/><path d="M47 34 l-2 56 h10 l-2 -56 z" fill="#fff"/>
    <path d="M46 52 h4 M51 62 h4 M46 72 h5 M50 82 h5" stroke="#3c3a36" stroke-width="2"/>
    <ellipse cx="50" cy="32" rx="23" ry="22" fill="#a3b53c"/><ellipse cx="38" cy="44" rx="12" ry="10" fill="#b9c95a"/>`,
  tide: `<rect width="100" height="100" fill="#0c4a6e"/><path d="M10 50 q20 -26 40 0 t40 0" fill="none" stroke="#7dd3fc" stroke-width="8"/>
    <path d="M10 70 q20 -26 40 0 t40 0" fill="none" stroke="#38bdf8" stroke-width="8"/>`,
  ada: face('#f7d9c4', '#b9764f', '#2d1b12', '#b93c0b', true),
  ben: face('#cfe3d6', '#7a4a2d', '#1b120c', '#2f6f5e'),
  cleo: face('#e5d7f0', '#f0c7a5', '#9c5a1e', '#5b3a8e', true),
  emma: face('#d7e6f5', '#f4d3b8', '#e3b84f', '#1c6fa8', true),
  farid: face('#efe6cf', '#c98f5f', '#221812', '#8a5a00'),
  grace: face('#f5d5dc', '#5b3520', '#120b07', '#a61e4d', true),
  hiroshi: face('#dfe3e8', '#efc9a2', '#17130f', '#364152'),
  sunset: `${SKY('#f7a072', '#ffe8c9')}<circle cx="64" cy="56" r="10" fill="#fff3d6"/>${SEA('#8a4b5e')}
    <path d="M58 70 h12 M60 76 h8 M56 82 h16 M60 89 h10" stroke="#ffdfb0" stroke-width="2.5" stroke-linecap="round"/>
    <path d="M0 67 l12 -12 l9 7 l10 -14 l14 19 z" fill="#4d2c3d"/><path d="M20 66 h22 l-4 7 h-14 z" fill="#2d1a26"/><path d="M30 48 v16 h-9 z" fill="#fbe6cf"/>`,
} as const

export type PictureName = keyof typeof DRAWINGS
export type Pictures = Readonly<Record<PictureName, string>>

/** Inside profiles and messages a picture has about 12 KiB. */
export async function draw(browser: Browser): Promise<Pictures> {
  const page = await browser.newPage()
  try {
    const drawn: [string, string][] = []
    for (const [name, drawing] of Object.entries(DRAWINGS)) {
      const wide = name === 'sunset'
      drawn.push([name, await page.evaluate<string>(dataUri(drawing, wide ? 288 : 160, wide ? 192 : 160))])
    }
    return Object.fromEntries(drawn) as Pictures
  } finally {
    await page.close()
  }
}

function dataUri(drawing: string, width: number, height: number): string {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 100 100" preserveAspectRatio="xMidYMid slice">${drawing}</svg>`
  return `new Promise((resolve, reject) => {
    const image = new Image()
    image.onload = () => {
      const canvas = document.createElement('canvas')
      canvas.width = ${width}
      canvas.height = ${height}
      canvas.getContext('2d').drawImage(image, 0, 0)
      resolve(canvas.toDataURL('image/png'))
    }
    image.onerror = reject
    image.src = 'data:image/svg+xml,' + encodeURIComponent(${JSON.stringify(svg)})
  })`
}
