import { Liquid } from 'liquidjs';
import type { Template } from 'liquidjs';

/**
 * Bounds of one rendering: milliseconds by the clock, which a busy machine spends on others, too,
 * and objects that it may make.
 */
const RENDER_LIMIT = 2000;
const MEMORY_LIMIT = 2_000_000;
const PARSE_LIMIT = 400_000;

/** Tags that read other templates: there are none. */
const NO_TAGS = ['include', 'render', 'layout', 'block'];

/**
 * The Liquid language, bounded: no files, no prototypes, nothing that runs for long. Which names
 * there are is checked when a campaign is saved; what a contact lacks is empty, or its `default`.
 * @param kind `html` escapes whatever a placeholder gives; nothing takes the escaping off.
 */
function engineOf(kind: 'html' | 'text'): Liquid {
  const engine = new Liquid({
    ...(kind === 'html' ? { outputEscape: 'escape' } : {}),
    ...{ ownPropertyOnly: true, strictFilters: true },
    ...{ templates: {}, relativeReference: false, dynamicPartials: false, cache: false },
    ...{ renderLimit: RENDER_LIMIT, memoryLimit: MEMORY_LIMIT, parseLimit: PARSE_LIMIT },
    timezoneOffset: 'UTC',
  });
  for (const tag of NO_TAGS) delete engine.tags[tag];
  delete engine.filters['raw'];
  return engine;
}

const ENGINES = { html: engineOf('html'), text: engineOf('text') };

/** A template that has been read, and may be rendered any number of times. */
export interface Compiled {
  /** @throws Error for what only shows when it is rendered, such as a loop without end. */
  render(scope: object): string;
  /** The names it takes from outside, each as its steps; a step that is worked out is null. */
  names: readonly (readonly (string | null)[])[];
}

/** @throws Error with line and column for what is not Liquid, or has tags or filters we have not. */
export function compile(source: string, kind: 'html' | 'text'): Compiled {
  const engine = ENGINES[kind];
  const parsed: Template[] = engine.parse(source);
  const segments = engine.globalVariableSegmentsSync(parsed);
  return {
    render: (scope) => String(engine.renderSync(parsed, scope)),
    names: segments.map((steps) =>
      steps.map((step) => (typeof step === 'object' ? null : String(step))),
    ),
  };
}
