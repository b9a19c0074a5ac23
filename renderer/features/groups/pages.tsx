import { Page } from '../../ui/page.tsx'

export function GroupPages({ group }: { readonly group: number }) {
  return <Page title="GroupPages">Group {group}</Page>
}
