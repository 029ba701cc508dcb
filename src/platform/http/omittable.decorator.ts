import { ValidateIf } from 'class-validator';

/**
 * The property may be left out, but not be null; class-validator's `IsOptional` lets null pass as
 * well, and is for values that can be emptied.
 */
export const Omittable = (): PropertyDecorator =>
  ValidateIf((_: object, value: unknown) => value !== undefined);
