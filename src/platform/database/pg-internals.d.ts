// A part of `pg` that its own Query class is made of; see node_modules/pg/lib/query.js.
declare module 'pg/lib/utils.js' {
  export function prepareValue(value: unknown): unknown;
}
