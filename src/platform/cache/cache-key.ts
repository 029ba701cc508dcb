import type { RequestContext } from '../../common/context.js';

/**
 * What an answer is kept under: who sees the same records, and what was asked for. Parameters in
 * another order ask for the same; values of one parameter keep theirs, for it may matter.
 */
export function cacheKey(context: RequestContext, url: string): string {
  return `${context.workspaceId} ${context.accessKey} ${normalise(url)}`;
}

function normalise(url: string): string {
  const query = url.indexOf('?') + 1;
  if (query === 0 || !url.includes('&', query)) return url;
  const parameters = url.slice(query).split('&');
  // Array.sort is stable.
  parameters.sort((a, b) => compare(nameOf(a), nameOf(b)));
  return url.slice(0, query) + parameters.join('&');
}

function nameOf(parameter: string): string {
  const end = parameter.indexOf('=');
  return end === -1 ? parameter : parameter.slice(0, end);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
