import { execFile } from 'node:child_process'
import { app } from 'electron'
import { writeLinkHandler } from './autostart/xdg.ts'
import type { Launch } from './launch.ts'

const SCHEME = 'simplex'

export interface SchemePlace {
  readonly platform: NodeJS.Platform
  readonly appImage: boolean
  readonly dataHome: string
  readonly launch: Launch
}

/**
 * Offers the program for `simplex:` links where its package could not (an AppImage, Windows). A program that opens them
 * already keeps them.
 */
export function offerScheme({ platform, appImage, dataHome, launch }: SchemePlace): void {
  if (app.getApplicationNameForProtocol(`${SCHEME}://`) !== '') return
  if (platform === 'linux' && appImage) {
    const entry = writeLinkHandler(dataHome, launch)
    execFile('xdg-mime', ['default', entry, `x-scheme-handler/${SCHEME}`], () => {})
  } else if (platform === 'win32') {
    app.setAsDefaultProtocolClient(SCHEME, launch.path, [...launch.arguments])
  }
}
