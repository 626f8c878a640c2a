import type { ConnectionInput, ObjectsAnswer } from '../../packages/client/contract/inspection.ts'
import type { Dependencies } from '../step.ts'

/**
 * Lists the objects that the integration user may create or update.
 */
export async function listObjects(
  { connection }: Pick<Dependencies, 'connection'>,
  input: ConnectionInput,
): Promise<ObjectsAnswer> {
  return {
    connection: input.connection,
    objects: await connection(input.connection).objects(),
  }
}
