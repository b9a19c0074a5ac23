import { Page } from '../../ui/page.tsx'

export function CreateGroup() {
  return <Page title="CreateGroup">Create</Page>
}
