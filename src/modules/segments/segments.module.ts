import { Module } from '@nestjs/common';
import { ChangesRepository } from './changes.repository.js';
import { MembersController } from './members.controller.js';
import { MembersRepository } from './members.repository.js';
import { MembersService } from './members.service.js';
import { MembershipRepository } from './membership.repository.js';
import { PreviewService } from './preview.service.js';
import { SegmentConditions } from './segment-conditions.js';
import { SegmentFiller } from './segment-filler.js';
import { SegmentFollower } from './segment-follower.js';
import { SegmentSnapshots } from './segment-snapshots.js';
import { SegmentUpkeep } from './segment-upkeep.js';
import { SegmentsController } from './segments.controller.js';
import { SegmentsRepository } from './segments.repository.js';
import { SegmentsService } from './segments.service.js';

/** Segments as other domains and imports need them. */
@Module({
  providers: [SegmentsService, SegmentConditions, SegmentSnapshots, MembersRepository],
  exports: [SegmentsService, SegmentConditions, SegmentSnapshots, MembersRepository],
})
export class SegmentRecordsModule {}

/** Sets of records: made, previewed, filled by hand. */
@Module({
  imports: [SegmentRecordsModule],
  controllers: [SegmentsController, MembersController],
  providers: [MembersService, MembershipRepository, PreviewService],
  exports: [SegmentRecordsModule],
})
export class SegmentsModule {}

/** The worker's side: keeps members current. */
@Module({
  imports: [SegmentRecordsModule],
  providers: [
    ...[ChangesRepository, MembershipRepository, SegmentsRepository],
    ...[SegmentFollower, SegmentFiller, SegmentUpkeep],
  ],
  exports: [SegmentRecordsModule, SegmentUpkeep],
})
export class SegmentsWorkerModule {}
