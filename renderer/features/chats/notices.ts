import i18next from 'i18next'
import type { Runtime } from '../../runtime/runtime.ts'
import { api } from '../../state/api.ts'
import { useHost } from '../../state/host.ts'
import { usePreferences } from '../../state/preferences.ts'
import { keepDraft } from './drafts.ts'
import { groupOfPath, newsOf, unreadOf } from './news.ts'

/** Notifications of the system about new messages, answers written into them, and the number on the icon. */
export function startNotices(runtime: Runtime): void {
  let unread = 0
  useHost.subscribe((state, before) => {
    if (state.groups === before.groups) return
    const now = unreadOf(state.groups)
    if (now !== unread) runtime.setUnread(now)
    unread = now
    if (!before.loaded || !usePreferences.getState().notifications) return
    for (const notice of newsOf(before.groups, state.groups, i18next.t)) runtime.notify(notice)
  })
  runtime.onReply((path, text) => {
    const group = groupOfPath(path)
    if (group !== undefined) void answer(group, text)
  })
}

/** What cannot be sent waits in the field for the next message. */
async function answer(group: number, text: string): Promise<void> {
  try {
    await api().messages.send({ group, text })
  } catch {
    keepDraft(group, text)
  }
}
