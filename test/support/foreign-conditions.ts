import type { Belongings } from './belongings.js';

/** Conditions that another workspace's records, and no others, would fulfil. */
export function conditions(path: string, theirs: Belongings): [string, string, string][] {
  const { ids, property, email, domain, externalId, word, code } = theirs;
  const common: [string, string, string][] = [
    ['id', 'eq', ids.contact],
    ['id', 'in', `${ids.contact},${ids.company}`],
    ['ownerId', 'eq', ids.user],
    ['createdBy', 'eq', ids.user],
    ['tags', 'has', word],
    [`custom.${property}`, 'eq', code],
    ['externalIds.legacy', 'eq', externalId],
  ];
  if (/members$|segments|campaigns/.test(path)) return segmentConditions(path, theirs);
  if (path.includes('users')) {
    return [
      ['id', 'eq', ids.user],
      ['teamId', 'eq', ids.team],
      ['role', 'eq', theirs.role],
      ['name', 'contains', word],
      ['email', 'in', `${email},quill@quillfeather.example`],
    ];
  }
  if (path.includes('teams')) {
    return [
      ...common,
      ['managerId', 'eq', ids.user],
      ['parentTeamId', 'eq', ids.team],
      ['name', 'contains', word],
    ];
  }
  if (path.includes('leads')) {
    return [...common, ['email', 'eq', email], ['lastName', 'contains', word]];
  }
  if (path.includes('activities')) {
    return [
      ...common,
      ['links.recordId', 'eq', ids.contact],
      ['participants.userId', 'eq', ids.user],
      ['seriesId', 'eq', ids.activity],
      ['subject', 'contains', word],
    ];
  }
  if (path.includes('tickets')) {
    return [
      ...common,
      ['requesterId', 'eq', ids.contact],
      ['teamId', 'eq', ids.team],
      ['links.recordId', 'eq', ids.order],
      ['followers.userId', 'eq', ids.user],
      ['subject', 'contains', word],
    ];
  }
  if (path.includes('macros')) return [...common, ['name', 'startsWith', word]];
  const selling = sellingConditions(path, theirs);
  if (selling) return [...common, ...selling];
  return path.includes('contacts')
    ? [
        ...common,
        ['companyId', 'eq', ids.company],
        ['email', 'eq', email],
        ['lastName', 'contains', word],
      ]
    : [
        ...common,
        ['parentId', 'eq', ids.company],
        ['domain', 'eq', domain],
        ['name', 'startsWith', word],
      ];
}

/** Of segments, and of the records in them, which are another's when the segment is. */
function segmentConditions(path: string, theirs: Belongings): [string, string, string][] {
  const { ids, externalId, word } = theirs;
  return [
    ['id', 'eq', path.endsWith('members') ? ids.contact : ids.segment],
    ['id', 'eq', ids.campaign],
    ['ownerId', 'eq', ids.user],
    ['tags', 'has', word],
    ['externalIds.legacy', 'eq', externalId],
    ['name', 'startsWith', word],
  ];
}

function sellingConditions(
  path: string,
  { ids, word }: Belongings,
): [string, string, string][] | undefined {
  if (path.includes('product-categories')) {
    return [
      ['parentId', 'eq', ids.productCategory],
      ['name', 'contains', word],
    ];
  }
  if (path.includes('products')) {
    return [
      ['categoryId', 'eq', ids.productCategory],
      ['sku', 'eq', `${word} sku`],
    ];
  }
  if (path.includes('deals')) {
    return [
      ['pipelineId', 'eq', ids.pipeline],
      ['stageId', 'eq', ids.stage],
      ['contacts.contactId', 'eq', ids.contact],
      ['amount', 'eq', '777.77'],
    ];
  }
  if (path.includes('quotas')) {
    return [
      ['userId', 'eq', ids.user],
      ['teamId', 'eq', ids.team],
      ['period', 'eq', '2031'],
    ];
  }
  if (path.includes('pipelines')) return [['name', 'startsWith', word]];
  if (!path.includes('orders')) return undefined;
  return [
    ['contactId', 'eq', ids.contact],
    ['lines.productId', 'eq', ids.product],
    ['reference', 'eq', `${word} order`],
  ];
}
