// What columns of marketing tools and spreadsheets are called, in nine languages, and the standard fields that they mean.

export type Concept = {
  readonly name: string
  /** Standard fields in the order of preference; the first that the object has is meant. */
  readonly fields: readonly string[]
  /** Names of columns that mean this and nothing else, separated by `|`. */
  readonly words: string
  /** Names that may mean something else too: they are proposed and not taken. */
  readonly doubtful?: string
}

const PERSON: readonly Concept[] = [
  {
    name: 'first name',
    fields: ['FirstName'],
    words:
      'first name|fname|given name|forename|name first|christian name|Vorname|Rufname|prénom|prénoms|nombre de pila|nombres|primer nombre|nome proprio|nome próprio|primeiro nome|primo nome|voornaam|roepnaam|imię|imiona|förnamn|tilltalsnamn',
    doubtful: 'first|given',
  },
  {
    name: 'last name',
    fields: ['LastName'],
    words:
      'last name|lname|surname|family name|name last|Nachname|Familienname|Zuname|nom de famille|nom famille|apellido|apellidos|primer apellido|cognome|sobrenome|apelido|último nome|nome de família|achternaam|familienaam|nazwisko|efternamn|familjenamn',
    doubtful: 'last|family',
  },
  {
    name: 'middle name',
    fields: ['MiddleName'],
    words:
      'middle name|zweiter Vorname|deuxième prénom|segundo nombre|secondo nome|nome do meio|drugie imię|mellannamn',
    doubtful: 'tussenvoegsel|middle initial',
  },
  {
    name: 'salutation',
    fields: ['Salutation'],
    words:
      'salutation|courtesy title|honorific|name prefix|Anrede|civilité|tratamiento|trattamento|appellativo|tratamento|aanhef|zwrot grzecznościowy|tilltal|forma grzecznościowa',
    doubtful: 'prefix|Titel|tytuł|titolo|título|titre|briefanrede|gender|Geschlecht|sexe|geslacht|płeć|kön|sexo|sesso',
  },
  {
    name: 'job title',
    fields: ['Title'],
    words:
      'job title|position title|jobtitle|job position|Position|Funktion|Berufsbezeichnung|Stellenbezeichnung|Jobtitel|fonction|poste|intitulé du poste|cargo|puesto|puesto de trabajo|posición|qualifica|ruolo|posizione|função|functie|functietitel|stanowisko|befattning|yrkestitel|role title|business title',
    doubtful:
      'designation|Titel|tytuł|titolo|título|titre|role|occupation|Beruf|profession|profesión|professione|profissão|zawód|roll|beroep|job',
  },
  {
    name: 'department',
    fields: ['Department'],
    words:
      'department|dept|Abteilung|département entreprise|service entreprise|departamento|dipartimento|reparto|afdeling|dział|avdelning',
    doubtful: 'service|división|division|ufficio',
  },
  {
    name: 'email',
    fields: ['Email', 'PersonEmail'],
    words:
      'email|e mail|email address|e mail address|emailaddress|mail address|primary email|work email|business email|subscriber email|E-Mail-Adresse|Mailadresse|Mail|E-Mail geschäftlich|adresse e mail|adresse email|adresse mail|adresse électronique|courriel|mél|correo electrónico|correo|dirección de correo electrónico|dirección de correo|email contacto|indirizzo email|indirizzo e mail|posta elettronica|endereço de email|endereço de e mail|correio eletrônico|correio electrónico|emailadres|e mailadres|mailadres|adres email|adres e mail|poczta elektroniczna|e post|epost|e postadress|epostadress|mejl|mejladress|mailaddress',
    doubtful: 'private email|personal email|secondary email|email 2|e mail 2|email privat|contact email|other email',
  },
  {
    name: 'mobile phone',
    fields: ['MobilePhone', 'PersonMobilePhone'],
    words:
      'mobile|mobile phone|mobile number|mobile phone number|mobile no|cell phone|cellphone|cell number|cell phone number|Handy|Handynummer|Mobil|Mobilnummer|Mobiltelefon|Mobilfunk|Mobilfunknummer|Handy Nr|portable|téléphone portable|tél portable|téléphone mobile|tél mobile|numéro de portable|móvil|teléfono móvil|celular|teléfono celular|cellulare|telefono cellulare|numero di cellulare|telefono mobile|telemóvel|telefone celular|número de celular|mobiel|mobiele telefoon|mobiel nummer|mobiele nummer|gsm|gsm nummer|telefon komórkowy|komórka|numer komórkowy|tel komórkowy|mobilnummer|mobiltelefonnummer',
    doubtful: 'cell|sms|sms phone|whatsapp',
  },
  {
    name: 'home phone',
    fields: ['HomePhone', 'PersonHomePhone'],
    words:
      'home phone|home phone number|private phone|Telefon privat|Privattelefon|téléphone domicile|téléphone privé|teléfono particular|teléfono casa|telefono casa|telefone residencial|telefoon privé|telefon domowy|hemtelefon',
  },
  {
    name: 'phone',
    fields: ['Phone'],
    words:
      'phone|phone number|phone no|telephone|telephone number|tel|tel no|business phone|work phone|business phone number|work phone number|office phone|direct phone|primary phone|main phone|Telefon|Telefonnummer|Tel-Nr|Telefon Nr|Rufnummer|Telefon geschäftlich|Festnetz|téléphone|tél|numéro de téléphone|n° de téléphone|no de téléphone|téléphone fixe|téléphone professionnel|teléfono|número de teléfono|teléfono fijo|telefono|numero di telefono|telefono fisso|telefone|número de telefone|telefone comercial|telefoon|telefoonnummer|vast nummer|telefon|numer telefonu|nr telefonu|telefon stacjonarny|telefonnummer',
    doubtful: 'contact number|number phone|other phone|phone 2|telefon 2',
  },
  {
    name: 'fax',
    fields: ['Fax'],
    words: 'fax|fax number|business fax|Faxnummer|Telefax|télécopie|télécopieur|faks|numer faksu',
  },
  {
    name: 'birthdate',
    fields: ['Birthdate', 'PersonBirthdate'],
    words:
      'birthdate|birth date|birthday|date of birth|dob|date birth|Geburtsdatum|Geburtstag|geb datum|Geb.-Datum|date de naissance|date naissance|fecha de nacimiento|fecha nacimiento|data di nascita|data nascita|data de nascimento|data nascimento|geboortedatum|data urodzenia|födelsedatum|födelsedag',
    doubtful: 'anniversaire|cumpleaños|compleanno|aniversário|verjaardag|urodziny',
  },
  {
    name: 'e-mail opt-out',
    fields: ['HasOptedOutOfEmail', 'PersonHasOptedOutOfEmail'],
    words:
      'email opt out|opted out of email|opt out of email|unsubscribed from all email|unsubscribed|email opted out|has opted out of email|keine E-Mails|E-Mail Abmeldung|désabonné|désinscrit|dado de baja|disiscritto|descadastrado|uitgeschreven|wypisany|avregistrerad|Abgemeldet',
    doubtful: 'opt out|unsubscribe|optout',
  },
  {
    name: 'do not call',
    fields: ['DoNotCall', 'PersonDoNotCall'],
    words:
      'do not call|dnc|nicht anrufen|keine Anrufe|ne pas appeler|no llamar|non chiamare|não ligar|niet bellen|nie dzwonić|ring ej',
  },
  {
    name: 'lead source',
    fields: ['LeadSource', 'AccountSource'],
    words:
      'lead source|source of lead|Leadquelle|Lead-Quelle|origine de la piste|origen del candidato|origem do lead|leadbron|źródło leada|leadkälla',
    doubtful: 'source|Quelle|Herkunft|origine|origen|origem|fonte|bron|źródło|källa|original source|acquisition source',
  },
]

const PLACE: readonly Concept[] = [
  {
    name: 'street',
    fields: ['MailingStreet', 'Street', 'BillingStreet'],
    words:
      'street|street address|address line 1|address 1|address1|mailing street|mailing address line 1|street and number|street 1|Straße|Strasse|Straße und Hausnummer|Straße Nr|Strasse Hausnr|Straße und Hausnr|rue|adresse 1|adresse ligne 1|n° et rue|numéro et rue|calle|calle y número|dirección 1|indirizzo 1|rua|logradouro|endereço 1|morada 1|straat|straat en huisnummer|straatnaam|adres 1|ulica|ulica i numer|gata|gatuadress|adress 1|address street',
    doubtful:
      'via|address|Adresse|Anschrift|dirección|domicilio|indirizzo|endereço|morada|adres|adress|postadress|postal address|mailing address|home address',
  },
  {
    name: 'postal code',
    fields: ['MailingPostalCode', 'PostalCode', 'BillingPostalCode'],
    words:
      'postal code|postcode|post code|zip|zip code|zipcode|zip postal code|zip or postal code|zip postal|postal zip code|mailing zip|PLZ|Postleitzahl|code postal|cp|código postal|cód postal|codice postale|cap|codice avviamento postale|cep|kod pocztowy|postnummer|postnr|address zip|address postal code',
  },
  {
    name: 'city',
    fields: ['MailingCity', 'City', 'BillingCity'],
    words:
      'city|town|city town|mailing city|address city|Ort|Stadt|Wohnort|ville|commune|localité|ciudad|población|localidad|municipio|città|comune|località|cidade|localidade|município|plaats|stad|woonplaats|miasto|miejscowość|ort|postort|city name',
    doubtful: 'locality|location',
  },
  {
    name: 'state',
    fields: ['MailingStateCode', 'MailingState', 'StateCode', 'State', 'BillingStateCode', 'BillingState'],
    words:
      'state|address state|address province|province|state province|state or province|state region|state code|us state|mailing state|Bundesland|Bundesstaat|Kanton|région ou province|provincia|comunidad autónoma|provincia estado|stato provincia|estado uf|uf|provincie|województwo|län|landskap',
    doubtful: 'region|région|región|regione|região|regio|rejon|estado|county|département|departement|territory',
  },
  {
    name: 'country',
    fields: ['MailingCountryCode', 'MailingCountry', 'CountryCode', 'Country', 'BillingCountryCode', 'BillingCountry'],
    words:
      'country|address country|country region|country name|country code|mailing country|country iso|iso country code|Land|Länderkürzel|Ländercode|Länderkennzeichen|Land ISO|pays|code pays|país|código de país|paese|nazione|codice paese|land|landcode|kraj|kod kraju|landskod|cc country',
    doubtful: 'nationality|stato|Staat|region country|cc',
  },
]

export const COMPANY_WORDS =
  'company|company name|account name|organization|organisation|organization name|organisation name|business name|employer|Firma|Firmenname|Firmen Name|Unternehmen|Unternehmensname|Kundenname|société|nom de la société|nom société|entreprise|nom de l entreprise|raison sociale|empresa|nombre de la empresa|nombre empresa|razón social|compañía|azienda|nome azienda|società|ragione sociale|nome da empresa|razão social|bedrijf|bedrijfsnaam|organisatie|firma|nazwa firmy|przedsiębiorstwo|företag|företagsnamn|associated company|primary company'

const COMPANY: readonly Concept[] = [
  {
    name: 'company',
    fields: ['Company', 'Name'],
    words: COMPANY_WORDS,
    doubtful: 'account|Kunde|client|cliente|klant|klient|kund|customer|institution|firm',
  },
  {
    name: 'website',
    fields: ['Website'],
    words:
      'website|web site|website url|homepage|web address|company website|url website|Webseite|Internetseite|Internet|site web|site internet|página web|sitio web|sito web|sito|strona internetowa|strona www|webbplats|hemsida|www',
    doubtful: 'site|url|web|domain|company domain name|domain name',
  },
  {
    name: 'industry',
    fields: ['Industry'],
    words:
      'industry|Branche|secteur d activité|secteur|sector|industria|settore|setor|ramo de atividade|bedrijfstak|branża|bransch|industry sector',
    doubtful: 'vertical|branche',
  },
  {
    name: 'employees',
    fields: ['NumberOfEmployees'],
    words:
      'employees|number of employees|no of employees|employee count|num employees|headcount|Mitarbeiter|Mitarbeiterzahl|Anzahl Mitarbeiter|effectif|nombre de salariés|nombre d employés|empleados|número de empleados|dipendenti|numero dipendenti|funcionários|número de funcionários|medewerkers|aantal medewerkers|aantal werknemers|liczba pracowników|antal anställda|anställda',
    doubtful: 'company size|size|Größe|taille',
  },
  {
    name: 'revenue',
    fields: ['AnnualRevenue'],
    words:
      'annual revenue|yearly revenue|company revenue|Jahresumsatz|chiffre d affaires|chiffre d affaires annuel|ingresos anuales|facturación anual|fatturato|fatturato annuo|receita anual|faturamento anual|jaaromzet|roczny przychód|årsomsättning',
    doubtful: 'revenue|Umsatz|turnover|omzet|przychód|omsättning|ingresos|receita|ca|facturación',
  },
  {
    name: 'account number',
    fields: ['AccountNumber'],
    words: 'account number|account no|acct no|Kontonummer Kunde',
    doubtful:
      'Kundennummer|customer number|numéro client|número de cliente|numero cliente|klantnummer|numer klienta|kundnummer|customer id|debitor|Debitorennummer',
  },
]

const OTHER: readonly Concept[] = [
  {
    name: 'description',
    fields: ['Description'],
    words:
      'description|notes|note|comment|comments|remarks|Beschreibung|Bemerkung|Bemerkungen|Notiz|Notizen|Kommentar|Anmerkung|Anmerkungen|remarque|remarques|commentaire|commentaires|descripción|observaciones|comentarios|notas|descrizione|osservazioni|commenti|descrição|observações|comentários|omschrijving|opmerking|opmerkingen|notitie|notities|opis|uwagi|komentarz|beskrivning|anteckning|anteckningar|kommentarer',
  },
  {
    name: 'status',
    fields: ['Status'],
    words: 'lead status|Leadstatus|statut de la piste|estado del candidato',
    doubtful: 'stato|statut|estado',
  },
  {
    name: 'rating',
    fields: ['Rating'],
    words: 'lead rating|account rating',
    doubtful: 'member rating|Bewertung|score',
  },
]

export const CONCEPTS: readonly Concept[] = [...PERSON, ...PLACE, ...COMPANY, ...OTHER]

/** A column of this name has the first, the last or the whole name of a person: the other columns decide. */
export const NAME_WORDS = 'name|nom|nombre|nome|naam|namn|nazwa'
/** A column with first and last name together. */
export const FULL_NAME_WORDS =
  'full name|fullname|complete name|display name|first and last name|name and surname|vollständiger Name|Vor- und Nachname|Name und Vorname|Name Vorname|nom complet|nom et prénom|prénom et nom|nombre completo|nombre y apellidos|apellidos y nombre|nome completo|nome e cognome|cognome e nome|volledige naam|imię i nazwisko|nazwisko i imię|fullständigt namn|namn fullständigt|contact name|contact'
