/** English: the source of all texts. `de.ts` has the same keys. */
export const en = {
  app: { name: 'Hearth' },
  rail: {
    label: 'Sections',
    chats: 'Chats',
    superPeers: 'Super-peers',
    serve: 'Serve',
    settings: 'Settings',
  },
  action: {
    cancel: 'Cancel',
    close: 'Close',
    back: 'Back',
    next: 'Next',
    done: 'Done',
    save: 'Save',
    copy: 'Copy',
    copied: 'Copied',
    retry: 'Retry',
    remove: 'Remove',
    add: 'Add',
    more: 'More',
  },
  connection: {
    connecting: 'Connecting to your host…',
    offline: 'Your host does not answer. Nothing is lost; trying again.',
    retry: 'Try now',
    signedOut: {
      title: 'Sign in to your host',
      text: 'Open the sign-in link that the host printed when it started. It works once. For a new one, run',
      again: 'I have opened the link',
    },
  },
  error: {
    offline: 'Your host does not answer at the moment. Nothing was changed.',
    unknown: 'Something went wrong: {{message}}',
    kind: {
      network: 'The router cannot be reached. Your data are safe; try again in a moment.',
      router: 'The router refused. Your data are safe.',
      store: 'The database could not take the change. Nothing was changed.',
    },
  },
} as const
