import {
  CLOSED_CASE_STATUS,
  CLOSED_TASK_STATUS,
  FORECAST_CATEGORIES,
  HIGH_TASK_PRIORITY,
  OPPORTUNITY_STAGES,
  RESPONDED_MEMBER_STATUS,
} from '../schema/statusMeanings.ts'
import type { FieldValue } from '../soql/types.ts'

type TextOf = (fieldName: string) => string
type Derivation = (textOf: TextOf) => FieldValue

function closeDate(textOf: TextOf) {
  const [year = '', month = ''] = textOf('CloseDate').split('-')
  return year === '' ? undefined : { year: Number(year), quarter: Math.ceil(Number(month) / 3) }
}

// The fiscal year of a new org is the calendar year.
const opportunity: Readonly<Record<string, Derivation>> = {
  IsClosed: textOf => OPPORTUNITY_STAGES[textOf('StageName')]?.isClosed ?? false,
  IsWon: textOf => OPPORTUNITY_STAGES[textOf('StageName')]?.isWon ?? false,
  ForecastCategory: textOf => FORECAST_CATEGORIES[textOf('ForecastCategoryName')] ?? null,
  ExpectedRevenue: textOf => {
    const [amount, probability] = [textOf('Amount'), textOf('Probability')]
    return amount === '' || probability === '' ? null : Math.round(Number(amount) * Number(probability)) / 100
  },
  FiscalYear: textOf => closeDate(textOf)?.year ?? null,
  FiscalQuarter: textOf => closeDate(textOf)?.quarter ?? null,
  Fiscal: textOf => {
    const date = closeDate(textOf)
    return date === undefined ? null : `${date.year} ${date.quarter}`
  },
}

/**
 * Read-only fields that an org derives from other fields of the record, by object.
 * https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_opportunity.htm and the
 * pages of the other objects.
 */
export const DERIVED_VALUES: Readonly<Record<string, Readonly<Record<string, Derivation>>>> = {
  Account: { IsPersonAccount: textOf => textOf('LastName') !== '' },
  Opportunity: opportunity,
  Case: { IsClosed: textOf => textOf('Status') === CLOSED_CASE_STATUS },
  Task: {
    IsClosed: textOf => textOf('Status') === CLOSED_TASK_STATUS,
    IsHighPriority: textOf => textOf('Priority') === HIGH_TASK_PRIORITY,
  },
  CampaignMember: {
    HasResponded: textOf => textOf('Status') === RESPONDED_MEMBER_STATUS,
    LeadOrContactId: textOf => textOf('ContactId') || textOf('LeadId') || null,
    Type: textOf => (textOf('ContactId') === '' ? 'Lead' : 'Contact'),
  },
}
