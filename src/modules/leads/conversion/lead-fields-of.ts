import type { CustomProperty } from '../../../platform/records/custom-properties.js';
import type { ObjectDefinition } from '../../../platform/records/object-definition.js';
import type { RecordRow } from '../../../platform/records/record-row.js';
import { LEAD } from '../leads.service.js';
import { companyDomain } from './company-names.js';
import type { Fields } from './conversion-request.js';

type Properties = ReadonlyMap<string, CustomProperty>;

const CONTACT_FIELDS = [
  ...['firstName', 'lastName', 'email', 'phone', 'mobile', 'title', 'address', 'source'],
  ...['language', 'timeZone'],
];
const COMPANY_FIELDS = ['website', 'industry', 'employees', 'address'];

function pick(lead: RecordRow, names: readonly string[]): Fields {
  const entries = names.flatMap((name): [string, unknown][] => {
    const field = LEAD.fieldByName.get(name);
    const value = field ? field.kind.value(field.column, lead.values) : null;
    return value === null ? [] : [[name, value]];
  });
  return Object.fromEntries(entries);
}

/** What a lead says of the person, as fields of a contact. */
export function contactFields(lead: RecordRow): Fields {
  return pick(lead, CONTACT_FIELDS);
}

/** What a lead says of their company, as fields of one. */
export function companyFields(lead: RecordRow): Fields {
  const domain = companyDomain(lead.values['website'], lead.values['email']);
  const name = lead.values['company_name'] ?? domain;
  return {
    ...(name === null ? {} : { name }),
    ...(domain === null ? {} : { domain }),
    ...pick(lead, COMPANY_FIELDS),
  };
}

/** The lead's own properties that the other object has by the same name and type. */
export function sharedCustom(lead: RecordRow, from: Properties, to: Properties): Fields {
  const entries = Object.entries(lead.custom).filter(([name]) => {
    const target = to.get(name);
    return target && !target.unique && target.type === from.get(name)?.type;
  });
  return Object.fromEntries(entries);
}

/** The fields that a record lacks. An address counts as one. */
export function lacking(definition: ObjectDefinition, row: RecordRow, fields: Fields): Fields {
  const entries = Object.entries(fields).filter(([name]) => {
    const field = definition.fieldByName.get(name);
    return field !== undefined && field.kind.value(field.column, row.values) === null;
  });
  return Object.fromEntries(entries);
}
