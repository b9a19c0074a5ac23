import { Provider, type ResolvedUpdateFileInfo, type UpdateInfo } from 'electron-updater'
import { type ProviderRuntimeOptions, parseUpdateInfo, resolveFiles } from 'electron-updater/out/providers/Provider.js'
import type { ReleaseSource } from './release.ts'
import { verifyManifest } from './signature.ts'

/** Reads the manifest of the newest release from a folder on a web server and believes it only with its signature. */
export class SignedProvider extends Provider<UpdateInfo> {
  readonly #source: ReleaseSource

  constructor(options: ReleaseSource, _updater: unknown, runtime: ProviderRuntimeOptions) {
    super(runtime)
    this.#source = options
  }

  /** Errors: those of the network; an Error where the signature is wrong. */
  async getLatestVersion(): Promise<UpdateInfo> {
    const name = `${this.getDefaultChannelName()}.yml`
    const address = this.#address(name)
    const manifest = await this.httpRequest(address)
    const signature = await this.httpRequest(this.#address(`${name}.sig`))
    if (!verifyManifest(manifest ?? '', signature ?? '', this.#source.publicKey)) {
      throw new Error('the update is not signed by the makers of this program')
    }
    return parseUpdateInfo(manifest, name, address)
  }

  resolveFiles(update: UpdateInfo): ResolvedUpdateFileInfo[] {
    return resolveFiles(update, this.#address(''))
  }

  #address(name: string): URL {
    return new URL(name, `${this.#source.url.replace(/\/*$/, '')}/`)
  }
}
