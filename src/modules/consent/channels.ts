/** Ways to reach a contact that consent is given for. */
export const CHANNELS = ['email', 'phone', 'sms', 'post'] as const;
export type Channel = (typeof CHANNELS)[number];

/** Those whose addresses can be suppressed: a postal address has no form that is always the same. */
export const ADDRESSED = ['email', 'phone', 'sms'] as const;
export type Addressed = (typeof ADDRESSED)[number];

export const isAddressed = (channel: Channel): channel is Addressed => channel !== 'post';

/** SQL of the address that a contact is reached at, over its row: `addressSql('email', 'c')`. */
export function addressSql(channel: Addressed, contact: string): string {
  return {
    email: `${contact}.email`,
    phone: `coalesce(${contact}.phone, ${contact}.mobile)`,
    sms: `coalesce(${contact}.mobile, ${contact}.phone)`,
  }[channel];
}

const POSTAL = ['address_street', 'address_postal_code', 'address_city', 'address_country'];

/** The address that a contact is reached at, of its values by column; null without one. */
export function addressOf(values: Readonly<Record<string, unknown>>, channel: Channel) {
  const { email, phone, mobile } = values;
  if (channel === 'email') return email ?? null;
  if (channel === 'phone') return phone ?? mobile ?? null;
  if (channel === 'sms') return mobile ?? phone ?? null;
  const lines = POSTAL.map((column) => values[column]).filter(Boolean);
  return lines.length > 0 ? lines.join('\n') : null;
}
