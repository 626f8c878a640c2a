/** One element of Salesforce's error array. `fields` is absent for some codes and `[]` for others, as recorded. */
export type ApiErrorElement = {
  readonly message: string
  readonly errorCode: string
  readonly fields?: readonly string[]
  /** The duplicates of a record, under the misspelt name of Salesforce. */
  readonly duplicateResut?: object
}

/** An answer in Salesforce's error form: an HTTP status and its error array. */
export class ApiError extends Error {
  override name = 'ApiError' as const
  readonly status: number
  readonly body: readonly ApiErrorElement[]

  constructor(status: number, body: readonly ApiErrorElement[]) {
    super(body.map(element => `${element.errorCode}: ${element.message}`).join('; '))
    this.status = status
    this.body = body
  }
}

/** An error with a single element; `fields` is absent from the answer when it is not given. */
export function apiError(status: number, errorCode: string, message: string, fields?: readonly string[]): ApiError {
  return new ApiError(status, [fields === undefined ? { message, errorCode } : { message, errorCode, fields }])
}
