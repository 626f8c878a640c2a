export { dataConverterFor, FAILURE_CONVERTER_PATH } from './dataConverter.ts'
export { EncryptionKeyError } from './encryptionKeyError.ts'
export { type EncryptionKey, encryptionKey, type KeyRing } from './keyRing.ts'
