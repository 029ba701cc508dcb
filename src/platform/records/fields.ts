import 'reflect-metadata';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { FieldKindName } from './field-types.js';
import { fieldSpec } from './field-spec.js';
import type { FieldOptions, FieldSpec } from './field-types.js';

const FIELDS = 'keel:fields';

type Options = Omit<FieldOptions, 'options' | 'references' | 'item'>;

/**
 * Declares a property of an object on its DTO class. The same declaration gives its validation,
 * normalisation, columns, filters, import headers and OpenAPI schema; record bodies and a million
 * imported rows are checked by the very same functions, compiled once.
 */
function field(kind: FieldKindName, options: FieldOptions): PropertyDecorator {
  return (target, property) => {
    const items = options.item ? fieldsOf(options.item) : [];
    const spec = fieldSpec(String(property), kind, options, items);
    const fields = (Reflect.getOwnMetadata(FIELDS, target) ?? []) as FieldSpec[];
    Reflect.defineMetadata(FIELDS, [...fields, spec], target);
    const schema = { ...spec.kind.schema(spec), ...documentation(options) };
    const decorate =
      options.required && options.initial === undefined
        ? ApiProperty(schema)
        : ApiPropertyOptional({ ...schema, nullable: true });
    decorate(target, property);
  };
}

function documentation(options: FieldOptions): object {
  const unique = options.unique ? ' No two records share a value.' : '';
  return {
    description: `${options.description ?? options.label}.${unique}`.replace('..', '.'),
    ...(options.example === undefined ? {} : { example: options.example }),
    ...(options.readOnly ? { readOnly: true } : {}),
    ...(options.initial === undefined ? {} : { default: options.item ? [] : options.initial }),
  };
}

/** The properties that a class declares, in their order. */
export function fieldsOf(type: new () => object): FieldSpec[] {
  return (Reflect.getMetadata(FIELDS, type.prototype as object) ?? []) as FieldSpec[];
}

export const TextField = (options: Options): PropertyDecorator => field('text', options);
export const EmailField = (options: Options): PropertyDecorator => field('email', options);
export const DomainField = (options: Options): PropertyDecorator => field('domain', options);
export const UrlField = (options: Options): PropertyDecorator => field('url', options);
export const PhoneField = (options: Options): PropertyDecorator => field('phone', options);
export const DecimalField = (options: Options): PropertyDecorator => field('decimal', options);
export const IntegerField = (options: Options): PropertyDecorator => field('integer', options);
export const BooleanField = (options: Options): PropertyDecorator => field('boolean', options);
export const MoneyField = (options: Options): PropertyDecorator => field('money', options);
export const CurrencyField = (options: Options): PropertyDecorator => field('currency', options);
export const AddressField = (options: Options): PropertyDecorator => field('address', options);
export const LanguageField = (options: Options): PropertyDecorator => field('language', options);
export const TimeZoneField = (options: Options): PropertyDecorator => field('timeZone', options);
export const DateField = (options: Options): PropertyDecorator => field('date', options);
export const DatetimeField = (options: Options): PropertyDecorator => field('datetime', options);

export const SelectField = (options: Options & { options: readonly string[] }): PropertyDecorator =>
  field('select', options);

export const ReferenceField = (
  options: Options & { references: NonNullable<FieldOptions['references']> },
): PropertyDecorator => field('reference', options);

/** The id of something that is no record and no user; the domain's rules look after it. */
export const IdField = (options: Options): PropertyDecorator => field('reference', options);

/** A list of short names, such as those of fields; given and stored as a whole. */
export const NamesField = (options: Options): PropertyDecorator =>
  field('names', { initial: '[]', ...options });

/** A member of a list's items that is the id of a record of whatever object another one names. */
export const LinkField = (options: Options & { objectIn: string }): PropertyDecorator =>
  field('reference', options);

/** A JSON object; given and stored as a whole, and checked by the domain. */
export const JsonField = (options: Options): PropertyDecorator => field('json', options);

/**
 * A list of items, each an object with members of its own, such as the lines of an order. It is
 * given and stored as a whole; items get an `id` that stays theirs, also when the list comes again
 * without it (`list-matching.ts`). Read-only members of items are
 * worked out by the server: what a body says of them is left out, so that a list can be sent back
 * as it was read.
 */
export const ListField = (
  options: Options & { item: NonNullable<FieldOptions['item']> },
): PropertyDecorator => field('list', { initial: '[]', ...options });
