/** What a stage of an opportunity implies. */
type Stage = {
  readonly probability: string
  readonly forecastCategoryName: string
  readonly isClosed: boolean
  readonly isWon: boolean
}

function open(probability: string): Stage {
  return { probability, forecastCategoryName: 'Pipeline', isClosed: false, isWon: false }
}

/**
 * The stages of a new org, by StageName.
 * https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_opportunitystage.htm
 */
export const OPPORTUNITY_STAGES: Readonly<Record<string, Stage>> = {
  Prospecting: open('10'),
  Qualification: open('10'),
  'Needs Analysis': open('20'),
  'Value Proposition': open('50'),
  'Id. Decision Makers': open('60'),
  'Perception Analysis': open('70'),
  'Proposal/Price Quote': open('75'),
  'Negotiation/Review': open('90'),
  'Closed Won': { probability: '100', forecastCategoryName: 'Closed', isClosed: true, isWon: true },
  'Closed Lost': { probability: '0', forecastCategoryName: 'Omitted', isClosed: true, isWon: false },
}

/** `ForecastCategory` by `ForecastCategoryName`. */
export const FORECAST_CATEGORIES: Readonly<Record<string, string>> = {
  Omitted: 'Omitted',
  Pipeline: 'Pipeline',
  'Best Case': 'BestCase',
  'Most Likely': 'MostLikely',
  Commit: 'Forecast',
  Closed: 'Closed',
}

export const CLOSED_CASE_STATUS = 'Closed'
export const CLOSED_TASK_STATUS = 'Completed'
export const HIGH_TASK_PRIORITY = 'High'
export const RESPONDED_MEMBER_STATUS = 'Responded'
