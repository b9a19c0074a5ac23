import { Page } from '../../ui/page.tsx'

export function SuperPeers() {
  return <Page title="SuperPeers">Super-peers</Page>
}
