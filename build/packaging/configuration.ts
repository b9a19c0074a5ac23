/** What electron-builder is told; `release.ts` writes it down and hands it over. */
export interface Release {
  /** Version of Electron, exact. */
  readonly electron: string
  /** Folder on a web server where releases and their manifests lie; undefined makes packages that do not update. */
  readonly updateUrl: string | undefined
  /** Who signs for Windows, as the certificate names them; undefined leaves the installer unsigned. */
  readonly windowsPublisher: string | undefined
  /** There is an identity to sign for macOS with. */
  readonly signMac: boolean
  /** Where people read about the program; a deb cannot be made without. */
  readonly homepage: string
}

const LINKS = { name: 'SimpleX link', schemes: ['simplex'] }

export function builderConfiguration(release: Release): Readonly<Record<string, unknown>> {
  const { electron, updateUrl, windowsPublisher, signMac, homepage } = release
  return {
    appId: 'org.hearth.desktop',
    productName: 'Hearth',
    executableName: 'hearth',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: electron-builder fills them in
    artifactName: 'Hearth-${version}-${os}-${arch}.${ext}',
    copyright: 'AGPL-3.0-or-later',
    electronVersion: electron,
    directories: { output: 'dist/packages', buildResources: 'electron/icons' },
    icon: 'electron/icons/icon.png',
    asar: true,
    // The scripts are bundled; packages of others run in the host alone.
    npmRebuild: false,
    files: ['dist/electron/**', 'dist/renderer/**', 'package.json', 'LICENSE', '!node_modules/**', '!**/*.map'],
    extraResources: [{ from: 'dist/sidecar', to: 'sidecar', filter: ['**/*'] }],
    // Desktops know the window by the name of the entry that the packages install.
    extraMetadata: { main: 'dist/electron/main.cjs', homepage, desktopName: 'hearth.desktop' },
    electronLanguages: ['en', 'de'],
    electronFuses: FUSES,
    protocols: [LINKS],
    publish: updateUrl === undefined ? null : [{ provider: 'generic', url: updateUrl }],
    linux: {
      target: ['AppImage', 'deb'],
      category: 'Network;InstantMessaging',
      syncDesktopName: true,
      synopsis: 'Public groups that nobody can seize',
      maintainer: 'Hearth',
    },
    mac: {
      target: ['dmg', 'zip'],
      category: 'public.app-category.social-networking',
      hardenedRuntime: true,
      notarize: signMac,
      // The sidecar is signed before its digests are taken, and must not change afterwards.
      signIgnore: ['/Contents/Resources/sidecar/'],
      ...(signMac ? {} : { identity: null }),
    },
    win: {
      target: ['nsis'],
      ...(windowsPublisher === undefined
        ? { signExecutable: false }
        : { signtoolOptions: { publisherName: [windowsPublisher], signingHashAlgorithms: ['sha256'] } }),
      // Else it would sign Node, whose digest is taken already.
      signExts: ['!node.exe'],
    },
    nsis: { oneClick: true, perMachine: false, deleteAppDataOnUninstall: false },
  }
}

/** What the binary of Electron can no longer be talked into. */
export const FUSES = {
  runAsNode: false,
  enableNodeOptionsEnvironmentVariable: false,
  enableNodeCliInspectArguments: false,
  enableEmbeddedAsarIntegrityValidation: true,
  onlyLoadAppFromAsar: true,
  grantFileProtocolExtraPrivileges: false,
  loadBrowserProcessSpecificV8Snapshot: false,
  enableCookieEncryption: false,
  resetAdHocDarwinSignature: true,
} as const
