export { checkCondition } from './check-condition.js';
export { parseFilterParams, parseWhere } from './parse-filter.js';
export type {
  Condition,
  FieldSchema,
  FieldType,
  FilterField,
  Operator,
  TypedCondition,
} from './condition.js';
