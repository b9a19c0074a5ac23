/** Everything that the interface and the shell say to each other; the preload script knows no other channel. */
export const CHANNELS = Object.freeze({
  access: 'hearth:access',
  notify: 'hearth:notify',
  openExternal: 'hearth:open-external',
  saveFile: 'hearth:save-file',
  setUnread: 'hearth:set-unread',
  settings: 'hearth:settings',
  setSettings: 'hearth:set-settings',
  hostLog: 'hearth:host-log',
  /** The interface can take links from now on. */
  listening: 'hearth:listening',
  link: 'hearth:link',
  navigate: 'hearth:navigate',
  reply: 'hearth:reply',
  resume: 'hearth:resume',
} as const)

export type Channel = (typeof CHANNELS)[keyof typeof CHANNELS]
