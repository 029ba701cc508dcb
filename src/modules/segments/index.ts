export { SEGMENT, SegmentsService } from './segments.service.js';
export { SegmentSnapshots } from './segment-snapshots.js';
export type { SegmentSnapshot } from './segment-snapshots.js';
export { SegmentUpkeep } from './segment-upkeep.js';
export { SegmentRecordsModule, SegmentsModule, SegmentsWorkerModule } from './segments.module.js';
