import { ARGON2ID_SALT } from '../../../../core/crypto/argon2id.ts'
import { decodeHeader, encodeHeader, WRAPPED } from '../../../../core/host/backup/header.ts'
import { decodeManifest } from '../../../../core/host/backup/manifest.ts'
import { readConfiguration } from '../../../../core/host/config.ts'
import { lineSplitter } from '../../../../core/host/console/lines.ts'
import { bytesField, numberField, parseRequest, textField } from '../../../../core/host/console/request.ts'
import { seededRandom } from '../../../simulation/random.ts'
import { type Decoder, ofBytes, ofJson, text } from '../decoder.ts'

const random = seededRandom('fuzz', 'host').bytes

/** A console line with every kind of field. */
function request(line: string): unknown {
  const parsed = parseRequest(line)
  return [textField(parsed, 'link'), numberField(parsed, 'conn'), bytesField(parsed, 'body')]
}

function lines(input: Uint8Array): void {
  const splitter = lineSplitter(200, request, () => {})
  splitter.push(input)
  splitter.end()
}

const REQUEST = { id: 1, do: 'send', link: 'simplex:/', conn: '12', body: 'AAEC' }

export const host: readonly Decoder[] = [
  ofJson('configuration', (input) => readConfiguration(text(input)), { 'log.level': 'debug' }, {}),
  ofJson('console line', (input) => request(text(input)), REQUEST),
  ofBytes('console input', lines, Buffer.from(`${JSON.stringify(REQUEST)}\n${JSON.stringify(REQUEST)}\n`)),
  ofBytes(
    'backup header',
    decodeHeader,
    encodeHeader({
      lock: {
        cost: { passes: 2, memory: 65_536 },
        salt: random(ARGON2ID_SALT),
        publicKey: random(32),
        nonce: random(24),
        wrapped: random(WRAPPED),
      },
      ephemeral: random(32),
    }),
  ),
  ofJson('backup manifest', decodeManifest, {
    createdAt: 1,
    program: '0.1.0',
    media: true,
    content: {
      schema: 1,
      profiles: ['anna'],
      groups: [{ name: 'g', part: 'owner', status: 'active', publicGroupId: 'AAAA', controls: true, messages: 1 }],
      members: 1,
      messages: 1,
      connections: 1,
    },
    entries: [{ name: 'database', size: 1, hash: '0'.repeat(64) }],
  }),
]
