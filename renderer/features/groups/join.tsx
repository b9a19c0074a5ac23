import { Page } from '../../ui/page.tsx'

export function JoinPage() {
  return <Page title="JoinPage">Join</Page>
}
