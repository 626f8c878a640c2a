import { expect, test } from 'vitest'
import { orgAddress } from '../../../loader/salesforce/orgAddress.ts'

const ACME = 'https://acme.my.salesforce.com'
const UAT = 'https://acme--uat.sandbox.my.salesforce.com'

test.each([
  [ACME, ACME],
  ['acme.my.salesforce.com', ACME],
  [' https://ACME.my.salesforce.com/ ', ACME],
  ['http://acme.my.salesforce.com', ACME],
  ['https://acme.my.salesforce.com/services/data/v67.0', ACME],
  ['https://acme.my.salesforce.com/lightning/page/home?x=1#top', ACME],
  ['https://acme.lightning.force.com', ACME],
  ['https://acme.lightning.force.com/lightning/setup/SetupOneHome/home', ACME],
  ['acme.lightning.force.com/lightning/o/Contact/list', ACME],
  ['https://acme.my.salesforce-setup.com/lightning/setup/OrgDomain/home', ACME],
  ['https://acme--uat.sandbox.lightning.force.com/lightning/page/home', UAT],
  ['acme--uat.sandbox.my.salesforce-setup.com', UAT],
  ['https://acme-dev-ed.develop.lightning.force.com/', 'https://acme-dev-ed.develop.my.salesforce.com'],
  ['https://na139.salesforce.com', 'https://na139.salesforce.com'],
  ['login.salesforce.com', 'https://login.salesforce.com'],
  ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
  ['http://one.test:8080/', 'http://one.test:8080'],
])('%s leads to %s', (written, origin) => expect(orgAddress(written)).toEqual({ origin }))

test.each([
  ['acme', /not a valid URL/],
  ['ftp://acme.my.salesforce.com', /not a valid URL/],
  ['127.0.0.1:8080', /not a valid URL/],
  ['https://user:pass@acme.my.salesforce.com', /user or password/],
  ['http://127.0.0.1:8080/services', /must not have a path/],
  ['https://www.salesforce.com', /host of pages/],
  ['https://acme--c.vf.force.com', /My Domain \(Setup > My Domain\)/],
  ['https://acme.my.site.com/help', /host of pages/],
])('%s is rejected with the right form', (written, problem) => {
  const address = orgAddress(written)
  expect('problem' in address && address.problem).toMatch(problem)
})
