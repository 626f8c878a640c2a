import { values } from './fieldTraits.ts'

// Picklists that several standard objects share, with the values of a new org.

export const leadSources = values('Web', 'Phone Inquiry', 'Partner Referral', 'Purchased List', 'Other')

export const ratings = values('Hot', 'Warm', 'Cold')

export const cleanStatuses = values(
  'Matched=In Sync',
  'Different',
  'Acknowledged=Reviewed',
  'NotFound=Not Found',
  'Inactive',
  'Pending=Not Compared',
  'SelectMatch=Select Match',
  'Skipped',
)

const industryNames =
  'Agriculture Apparel Banking Biotechnology Chemicals Communications Construction Consulting Education Electronics Energy Engineering ' +
  'Entertainment Environmental Finance Food_&_Beverage Government Healthcare Hospitality Insurance Machinery Manufacturing Media ' +
  'Not_For_Profit Recreation Retail Shipping Technology Telecommunications Transportation Utilities Other'

export const industries = values(...industryNames.split(' ').map(name => name.replaceAll('_', ' ')))
