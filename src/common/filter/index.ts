export { checkCondition } from './check-condition.js';
export { fieldsIn } from './fields-in.js';
export { holdsForZero } from './check-related.js';
export { FilterClock } from './filter-clock.js';
export { parseFilterParams, parsePlainWhere, parseWhere } from './parse-filter.js';
export type {
  AggregateOperator,
  Condition,
  FieldSchema,
  FieldType,
  FilterField,
  FilterRelation,
  Operator,
  PlainCondition,
  Relations,
  TypedCondition,
  TypedRelated,
} from './condition.js';
