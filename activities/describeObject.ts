import type { Dependencies } from '../loader/dependencies.ts'
import { describeObject as runDescribeObject } from '../loader/inspect/describeObject.ts'
import type { DescribeObjectAnswer, DescribeObjectInput } from '../packages/client/contract/inspection.ts'

/**
 * Describes an object as the integration user sees it.
 * Retry: safe because it only reads.
 * https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_sobject_describe.htm
 */
export function describeObject(dependencies: Dependencies) {
  return (input: DescribeObjectInput): Promise<DescribeObjectAnswer> => runDescribeObject(dependencies, input)
}
