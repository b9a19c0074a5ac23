import { expect, test } from 'vitest'
import { community } from './world.ts'

test('searching does not mind the case of letters, in any script, and takes signs for what they are', async () => {
  const { owner, group } = await community({ superPeers: 1 })
  const said = ['Ärger am Hafen', 'Паром опоздал', 'ΦΆΡΟΣ', '100 % sure', 'path_with\\signs']
  for (const text of said) await owner.groups.send(group, { text })
  const find = async (search: string) => (await owner.groups.messages(group, { search })).map(({ text }) => text)
  expect(await find('ärger')).toEqual([said[0]])
  expect(await find('ÄRGER AM')).toEqual([said[0]])
  expect(await find('паром')).toEqual([said[1]])
  expect(await find('φάρο')).toEqual([said[2]])
  expect(await find('%')).toEqual([said[3]])
  expect(await find('h_W')).toEqual([said[4]])
  expect(await find('\\')).toEqual([said[4]])
})
