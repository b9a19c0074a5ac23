import { readConfiguration } from '../../../../core/host/config.ts'
import { type Decoder, ofJson, text } from '../decoder.ts'

export const host: readonly Decoder[] = [
  ofJson('configuration', (input) => readConfiguration(text(input)), { 'log.level': 'debug' }, {}),
]
