/** One element of Salesforce's error array. `fields` is absent for some codes and `[]` for others, as recorded. */
export type FaultElement = {
  readonly message: string
  readonly errorCode: string
  readonly fields?: readonly string[]
}

/** An answer in Salesforce's error form: an HTTP status and the error array that goes with it. */
export class SalesforceFault extends Error {
  override name = 'SalesforceFault' as const
  readonly status: number
  readonly body: readonly FaultElement[]

  constructor(status: number, body: readonly FaultElement[]) {
    super(body.map(element => `${element.errorCode}: ${element.message}`).join('; '))
    this.status = status
    this.body = body
  }
}

/** A fault with a single element; `fields` is left out of the answer when it is not given. */
export function fault(status: number, errorCode: string, message: string, fields?: readonly string[]): SalesforceFault {
  return new SalesforceFault(status, [fields === undefined ? { message, errorCode } : { message, errorCode, fields }])
}
