import { Liquid } from 'liquidjs';
import type { Template } from 'liquidjs';
import type { FieldError } from '../../common/errors.js';
import { PLACEHOLDERS } from './placeholders.js';

/** Tags that a reply can do with; loops, assignments and other templates are not among them. */
const TAGS = new Set(['if', 'unless', 'case', 'comment', 'raw']);

/** Milliseconds that one reply may take, and objects that it may make. */
const LIMITS = { parseLimit: 50_000, renderLimit: 100, memoryLimit: 200_000 };

const engine = engineOf();

/** The Liquid language, bounded: no files, no prototypes, no loops. */
function engineOf(): Liquid {
  const made = new Liquid({
    ...{ ownPropertyOnly: true, strictFilters: true, timezoneOffset: 0, ...LIMITS },
    ...{ templates: {}, relativeReference: false, dynamicPartials: false, cache: false },
  });
  for (const tag of Object.keys(made.tags)) if (!TAGS.has(tag)) delete made.tags[tag];
  return made;
}

/** What is wrong with a reply: what cannot be read, and each name that there is not. */
export function replyFaults(source: string, pointer: string): FieldError[] {
  let parsed: Template[];
  try {
    parsed = engine.parse(source);
  } catch (error) {
    // Its first line says what and where; the rest shows the template.
    const [reason = ''] = (error as Error).message.split('\n');
    return [{ pointer, code: 'template', detail: `cannot be read: ${reason}` }];
  }
  const named = engine
    .globalVariableSegmentsSync(parsed)
    .map((steps) => steps.map(String).join('.'));
  return [...new Set(named)]
    .filter((name) => !PLACEHOLDERS.includes(name))
    .map((name) => {
      const detail = `names ${name.slice(0, 100)}, which there is not: ${PLACEHOLDERS.join(', ')}`;
      return { pointer, code: 'placeholder', detail };
    });
}

/**
 * The reply with its placeholders filled in; what is not known is empty.
 * @throws Error for a reply that exceeds its bounds.
 */
export function renderReply(source: string, values: object): string {
  return String(engine.renderSync(engine.parse(source), values)).trim();
}
