import { app } from 'electron'
import { isLink, linksOf } from './deep-links.ts'

/** One shell for each data folder: a second one hands its links to the first and ends. */
export interface InstanceEvents {
  link(link: string): void
  /** The person started the program again. */
  again(): void
}

/** False where another instance runs: it has been told, and this one has to end. */
export function onlyInstance({ link, again }: InstanceEvents): boolean {
  if (!app.requestSingleInstanceLock()) return false
  for (const found of linksOf(process.argv.slice(1))) link(found)
  app.on('second-instance', (_event, argv) => {
    const links = linksOf(argv.slice(1))
    for (const found of links) link(found)
    again()
  })
  app.on('open-url', (event, url) => {
    event.preventDefault()
    if (!isLink(url)) return
    link(url)
    again()
  })
  app.on('activate', again)
  return true
}
