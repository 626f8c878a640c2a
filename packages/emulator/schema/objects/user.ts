import {
  address,
  boolean,
  datetime,
  email,
  id,
  phone,
  picklist,
  reference,
  string,
  url,
  userReference,
} from '../fieldBuilders.ts'
import {
  alwaysVisible,
  createOnly,
  defaulted,
  idLookup,
  nameField,
  personName,
  readOnly,
  required,
  restricted,
  values,
} from '../fieldTraits.ts'
import { child, object } from '../objectBuilder.ts'
import { audit, lastViewed } from '../systemFields.ts'

const timeZones = values(
  'Pacific/Auckland=(GMT+13:00) New Zealand Daylight Time (Pacific/Auckland)',
  'Asia/Tokyo=(GMT+09:00) Japan Standard Time (Asia/Tokyo)',
  'Asia/Kolkata=(GMT+05:30) India Standard Time (Asia/Kolkata)',
  'Europe/Berlin=(GMT+01:00) Central European Standard Time (Europe/Berlin)',
  'Europe/London=(GMT+00:00) Greenwich Mean Time (Europe/London)',
  'GMT=(GMT+00:00) Greenwich Mean Time (GMT)',
  'America/New_York=(GMT-05:00) Eastern Standard Time (America/New_York)',
  'America/Chicago=(GMT-06:00) Central Standard Time (America/Chicago)',
  'America/Los_Angeles=(GMT-08:00) Pacific Standard Time (America/Los_Angeles)',
)

const locales = values(
  'en_US=English (United States)',
  'en_GB=English (United Kingdom)',
  'de_DE=German (Germany)',
  'fr_FR=French (France)',
  'es_ES=Spanish (Spain)',
  'ja_JP=Japanese (Japan)',
)

const languages = values('en_US=English', 'de=German', 'fr=French', 'es=Spanish', 'ja=Japanese')

const encodings = values(
  'UTF-8=Unicode (UTF-8)',
  'ISO-8859-1=General US & Western Europe (ISO-8859-1, ISO-LATIN-1)',
  'Shift_JIS=Japanese (Shift-JIS)',
)

/** User: people and integrations. */
export const user = object(
  {
    name: 'User',
    label: 'User',
    labelPlural: 'Users',
    keyPrefix: '005',
    deletable: false,
    undeletable: false,
    scopes: { everything: 'All users', mine: 'My users' },
    children: [
      child('Account', 'OwnerId', null),
      child('Contact', 'OwnerId', null),
      child('User', 'ManagerId', 'ManagedUsers'),
    ],
  },
  [
    id('User ID'),
    string('Username', 'Username', 80, required, idLookup),
    string('LastName', 'Last Name', 80, personName, required),
    string('FirstName', 'First Name', 40, personName),
    string('Name', 'Full Name', 121, nameField, required, readOnly),
    string('CompanyName', 'Company Name', 80),
    string('Division', 'Division', 80),
    string('Department', 'Department', 80),
    string('Title', 'Title', 80),
    ...address(''),
    email('Email', 'Email', required, idLookup),
    string('SenderEmail', 'Email Sender Address', 80),
    phone('Phone', 'Phone'),
    phone('Fax', 'Fax'),
    phone('MobilePhone', 'Mobile'),
    string('Alias', 'Alias', 8, required),
    string('CommunityNickname', 'Nickname', 40, required, defaulted),
    boolean('IsActive', 'Active', alwaysVisible),
    reference('UserRoleId', 'Role ID', 'UserRole', 'UserRole', alwaysVisible),
    picklist('TimeZoneSidKey', 'Time Zone', 40, timeZones, required, restricted),
    picklist('LocaleSidKey', 'Locale', 40, locales, required, restricted),
    picklist('EmailEncodingKey', 'Email Encoding', 40, encodings, required, restricted),
    reference('ProfileId', 'Profile ID', 'Profile', 'Profile', required),
    picklist('UserType', 'User Type', 40, values('Standard', 'PowerPartner', 'Guest'), readOnly, restricted),
    picklist('LanguageLocaleKey', 'Language', 40, languages, required, restricted),
    string('EmployeeNumber', 'Employee Number', 20),
    userReference('ManagerId', 'Manager ID', 'Manager'),
    datetime('LastLoginDate', 'Last Login', readOnly),
    ...audit(),
    ...lastViewed(),
    reference('ContactId', 'Contact ID', 'Contact', 'Contact', createOnly, alwaysVisible),
    reference('AccountId', 'Account ID', 'Account', 'Account', readOnly),
    string('FederationIdentifier', 'SAML Federation ID', 512, idLookup, { unique: true, caseSensitive: true }),
    url('SmallPhotoUrl', 'Url for IM-sized Photo', readOnly, { length: 1024, byteLength: 3072 }),
  ],
)
