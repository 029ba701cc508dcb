import { Injectable } from '@nestjs/common';
import { defineObject } from '../../platform/records/object-definition.js';
import { RecordKit } from '../../platform/records/record-kit.js';
import { RecordService } from '../../platform/records/record-service.js';
import { MacroFields } from './macro.dto.js';
import { idleness, MACRO_RULES } from './macro-rules.js';

/** What the platform needs to know of macros. */
export const MACRO = defineObject({
  object: 'macro',
  plural: 'macros',
  table: 'macros',
  fields: MacroFields,
  title: ({ name }) => String(name ?? ''),
  subtitle: ({ description }) => String(description ?? '').slice(0, 100),
  links: [],
  check: idleness,
  duplicateKeys: ['name'],
  ...MACRO_RULES,
});

/** What is often answered, and done to tickets with it. */
@Injectable()
export class MacrosService extends RecordService {
  constructor(kit: RecordKit) {
    super(kit, MACRO);
  }
}
