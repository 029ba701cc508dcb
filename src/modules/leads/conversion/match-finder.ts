import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../../common/context.js';
import { fold } from '../../../common/fold.js';
import type { RecordRow } from '../../../platform/records/record-row.js';
import { companyDomain, companyKey } from './company-names.js';
import { ConversionRepository } from './conversion.repository.js';

/** A record that may be meant. It is `certain` when nothing speaks against it. */
export interface Match {
  row: RecordRow;
  matchedBy: string[];
  certain: boolean;
}

/** What was found: the one that is meant, none (both empty), or several that may be. */
export interface Found {
  match: Match | null;
  candidates: Match[];
}

const textOf = (row: RecordRow, column: string): string | null =>
  (row.values[column] ?? null) as string | null;

/** Finds who and what of a lead is there already. */
@Injectable()
export class MatchFinder {
  constructor(private readonly repository: ConversionRepository) {}

  /**
   * The contact with the lead's e-mail address, or else with its phone. A phone alone is not
   * certain where address or name differ: colleagues share one.
   */
  async contact(ctx: RequestContext, lead: RecordRow): Promise<Found> {
    const email = textOf(lead, 'email');
    const phones = numbersOf(lead);
    if (email === null && phones.length === 0) return NOTHING;
    const rows = await this.repository.contacts(ctx, email, phones);
    const matches = rows.map((row): Match => {
      const byEmail = email !== null && textOf(row, 'email') === email;
      const byPhone = numbersOf(row).some((number) => phones.includes(number));
      const differs = ['email', 'last_name'].some((column) => areOther(lead, row, column));
      return {
        row,
        matchedBy: [...(byEmail ? ['email'] : []), ...(byPhone ? ['phone'] : [])],
        certain: byEmail || !differs,
      };
    });
    return settle(matches, 'email');
  }

  /**
   * The company with the domain of the lead's website or e-mail address, or else with its name. A
   * name alone is not certain where the domains differ.
   */
  async company(ctx: RequestContext, lead: RecordRow): Promise<Found> {
    const name = textOf(lead, 'company_name');
    const domain = companyDomain(lead.values['website'], lead.values['email']);
    if (name === null && domain === null) return NOTHING;
    const key = name === null ? '' : companyKey(name);
    const rows = await this.repository.companies(ctx, domain, name, key);
    const distinct = new Map(rows.map((row) => [row.id, row])).values();
    const matches = [...distinct].map((row): Match => {
      const itsDomain = textOf(row, 'domain');
      const byDomain = domain !== null && itsDomain === domain;
      const byName = key !== '' && companyKey(textOf(row, 'name') ?? '') === key;
      return {
        row,
        matchedBy: [...(byDomain ? ['domain'] : []), ...(byName ? ['name'] : [])],
        certain: byDomain || domain === null || itsDomain === null,
      };
    });
    return settle(
      matches.filter(({ matchedBy }) => matchedBy.length > 0),
      'domain',
    );
  }
}

const NOTHING: Found = { match: null, candidates: [] };

/** What is unique decides; else there must be one that is certain, and no other. */
function settle(matches: readonly Match[], unique: string): Found {
  const decisive = matches.find(({ matchedBy }) => matchedBy.includes(unique));
  if (decisive) return { match: decisive, candidates: [] };
  const [first, ...others] = matches;
  if (!first) return NOTHING;
  if (first.certain && others.length === 0) return { match: first, candidates: [] };
  return { match: null, candidates: [...matches] };
}

function numbersOf(row: RecordRow): string[] {
  return ['phone', 'mobile'].flatMap((column) =>
    row.values[`${column}_valid`] === true ? [String(row.values[column])] : [],
  );
}

function areOther(lead: RecordRow, row: RecordRow, column: string): boolean {
  const [mine, its] = [textOf(lead, column), textOf(row, column)];
  return mine !== null && its !== null && fold(mine) !== fold(its);
}
