import { fold } from '../../common/fold.js';
import { Dice } from './dice.js';
import { COUNTRIES } from './world/index.js';
import type { Country } from './world/index.js';

/** Who all this belongs to. */
export const HOUSE = { name: 'Kaldera Coffee', domain: 'kaldera-coffee.example' };

export interface Team {
  id: string;
  name: string;
  description: string;
  parent: string | null;
  /** Countries that a sales team looks after. */
  countries: readonly string[];
}

export const TEAMS: readonly Team[] = [
  team('company', HOUSE.name, 'Coffee, machines and service for those who serve coffee', null),
  team('sales', 'Sales', 'New business and customers in all of Europe', 'company'),
  team('sales-dach', 'Sales DACH', 'Germany, Austria and Switzerland', 'sales', 'DE AT CH'),
  team('sales-west', 'Sales West', 'France, Benelux and Britain', 'sales', 'FR NL BE GB'),
  team('sales-south', 'Sales South', 'Italy, Iberia and Greece', 'sales', 'IT ES PT GR'),
  team('sales-east', 'Sales North-East', 'From Poland to Denmark', 'sales', 'PL CZ SE DK BG'),
  team('service', 'Service', 'Machines that run, and customers who are answered', 'company'),
  team('marketing', 'Marketing', 'Fairs, campaigns and leads', 'company'),
];

function team(
  id: string,
  name: string,
  description: string,
  parent: string | null,
  countries = '',
): Team {
  return { id, name, description, parent, countries: countries.split(' ').filter(Boolean) };
}

export interface User {
  email: string;
  name: string;
  team: string;
  isManager: boolean;
  language: string;
  timeZone: string;
}

/** Teams people are hired for, one after the other; the first one of each is in charge. */
const HIRING = [
  ...['company', 'sales', 'sales-dach', 'sales-west', 'sales-south', 'sales-east', 'service'],
  ...['marketing', 'sales-dach', 'sales-west', 'sales-south', 'sales-east', 'service'],
];
/** And then, over and over. */
const MORE = [
  ...['sales-dach', 'sales-south', 'sales-west', 'service', 'sales-east', 'sales-dach'],
  ...['service', 'marketing'],
];

/** The people of the house. */
export class Staff {
  readonly users: readonly User[];

  constructor(seed: number, count: number) {
    const users: User[] = [];
    const taken = new Set<string>();
    for (let index = 0; index < count; index += 1) {
      const further = MORE[(index - HIRING.length) % MORE.length];
      const user = userOf(seed, index, HIRING[index] ?? (further as string), taken);
      users.push({ ...user, isManager: !users.some((other) => other.team === user.team) });
    }
    this.users = users;
  }

  /** Who sells to a company of the country: everyone of its team has a share. */
  seller(country: string, share: number): User {
    const team = TEAMS.find(({ countries }) => countries.includes(country));
    return this.oneOf(team?.id ?? 'sales', share);
  }

  /** Somebody of the service team. */
  technician(share: number): User {
    return this.oneOf('service', share);
  }

  private oneOf(team: string, share: number): User {
    const members = this.users.filter((user) => user.team === team);
    return members[Math.floor(share * members.length)] as User;
  }
}

function userOf(seed: number, index: number, team: string, taken: Set<string>): User {
  const dice = new Dice(seed, 'user', index);
  const { countries } = TEAMS.find(({ id }) => id === team) as Team;
  const home = COUNTRIES.find(({ code }) => code === (countries[0] ?? 'DE')) as Country;
  for (;;) {
    const [first, last] = [dice.pick(home.firstNames), dice.pick(home.lastNames)];
    const email = `${wordOf(first.latin)}.${wordOf(last.latin)}@${HOUSE.domain}`;
    if (taken.has(email)) continue;
    taken.add(email);
    const name = `${first.written} ${last.written}`;
    const { language, timeZone } = home;
    return { email, name, team, isManager: false, language, timeZone };
  }
}

/** A word as addresses have it: `Groß` is `gross`. */
export const wordOf = (text: string): string =>
  fold(text)
    .replace(/[^a-z\d]+/g, '-')
    .replace(/^-|-$/g, '');
