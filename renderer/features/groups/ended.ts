const ENDED: ReadonlySet<string> = new Set(['left', 'removed', 'deleted', 'failed'])

/** Whether nothing comes from this group any more: super-peers and roles say nothing then. */
export function hasEnded({ status }: { readonly status: string }): boolean {
  return ENDED.has(status)
}
