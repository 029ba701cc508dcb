/** What a form can ask for, as HTML inputs know it. */
export const INPUT_TYPES: Readonly<Record<string, string>> = {
  firstName: 'text',
  lastName: 'text',
  email: 'email',
  phone: 'tel',
  mobile: 'tel',
  title: 'text',
  companyName: 'text',
  website: 'url',
  industry: 'text',
  employees: 'number',
  language: 'text',
  timeZone: 'text',
  message: 'textarea',
  'address.street': 'text',
  'address.city': 'text',
  'address.region': 'text',
  'address.postalCode': 'text',
  'address.country': 'text',
};

const CUSTOM = /^custom\.[a-z]\w{0,62}$/i;

/** A field nobody sees: only programs fill it in. */
export const HONEYPOT = 'homepage';
/** Members of a submission besides the form's fields. */
export const EXTRAS = ['token', 'consent', HONEYPOT];

/** A field of a form. */
export interface FormField {
  name: string;
  label: string;
  required: boolean;
}

/** Whether a form can have a field of this name. */
export const isFormField = (name: string): boolean =>
  Object.hasOwn(INPUT_TYPES, name) || CUSTOM.test(name);

export type Sent = Record<string, unknown>;

/** Nested members by their dotted names, as urlencoded forms give them. */
export function flattened(body: Sent): Sent {
  const flat: Sent = {};
  for (const [name, value] of Object.entries(body)) {
    const isGroup = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (!isGroup || (name !== 'address' && name !== 'custom')) flat[name] = value;
    else for (const [part, inner] of Object.entries(value)) flat[`${name}.${part}`] = inner;
  }
  return flat;
}

/** The body of a lead, of what was sent; empty boxes are left out. */
export function leadBodyOf(sent: Sent): Sent {
  const body: Sent = {};
  for (const [name, value] of Object.entries(sent)) {
    if (value === '' || value === null) continue;
    const [group = '', part] = name.split('.');
    if (part === undefined) body[name] = name === 'employees' ? numberOf(value) : value;
    else body[group] = { ...(body[group] as Sent | undefined), [part]: value };
  }
  return body;
}

/** Boxes hold text. */
const numberOf = (value: unknown): unknown =>
  typeof value === 'string' && /^\d{1,10}$/.test(value.trim()) ? Number(value) : value;
