import { Page } from '../../ui/page.tsx'

export function Serve() {
  return <Page title="Serve">Serve</Page>
}
