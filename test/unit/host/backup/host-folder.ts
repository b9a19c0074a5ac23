import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sha256 } from '../../../../core/crypto/hash.ts'
import { generateKeyPair } from '../../../../core/crypto/keypair.ts'
import { openStore, type Store } from '../../../../core/store/database.ts'
import { env } from './scratch.ts'

/** The folder of a host that owns one group, is a member of another and serves a third. */
export async function hostFolder(parent: string, name: string): Promise<{ folder: string; store: Store }> {
  const folder = join(parent, name)
  mkdirSync(folder, { mode: 0o700 })
  writeFileSync(join(folder, 'config.json'), '{"log.level":"debug"}\n')
  writeFileSync(join(folder, 'api-token'), 'secret of this machine\n')
  const store = await openStore(join(folder, 'hearth.db'), env.clock)
  const root = generateKeyPair('Ed25519', env.random)
  await store.write(async (tx) => {
    await tx.query
      .insertInto('profiles')
      .values({ content: '{"displayName":"Ada","fullName":""}', created_at: 1, updated_at: 1 })
      .execute()
    for (const part of ['owner', 'member', 'super-peer'] as const) {
      await tx.query
        .insertInto('groups')
        .values({
          profile: 1,
          part,
          status: 'active',
          link: `https://127.0.0.1/c#${part}`,
          public_group_id: sha256(root.publicKey.raw),
          group_profile: JSON.stringify({ displayName: `Group of the ${part}`, fullName: '' }),
          root_public: root.publicKey.raw,
          root_private: part === 'owner' ? root.privateKey.raw : null,
          own_member_id: env.random(12),
          own_key: env.random(32),
          created_at: 1,
          active_at: 1,
        })
        .execute()
    }
  })
  return { folder, store }
}

export const PICTURE = `data:image/png;base64,${'A'.repeat(4000)}`

/** Messages with a picture in each place where one can be. */
export async function addPictures(store: Store, group: number): Promise<void> {
  const picture = { type: 'image', text: 'a cat', image: PICTURE }
  const card = { type: 'link', text: 'look', preview: { uri: 'https://a.example', image: PICTURE } }
  const contents = [
    { content: picture, container: null },
    { content: card, container: null },
    { content: { type: 'text', text: 'nice' }, container: { quote: { content: picture } } },
    { content: { type: 'text', text: 'indeed' }, container: { quote: { content: card } } },
  ]
  await store.write(async (tx) => {
    for (const { content, container } of contents) {
      await tx.query
        .insertInto('chat_messages')
        .values({
          group_id: group,
          shared_msg_id: env.random(12),
          author: null,
          content: JSON.stringify(content),
          text: content.text,
          container: container && JSON.stringify(container),
          version_min: 1,
          version_max: 20,
          body: env.random(100),
          signature: env.random(64),
          time: 1,
          created_at: 1,
        })
        .execute()
    }
  })
}
