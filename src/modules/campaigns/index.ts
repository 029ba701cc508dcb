export { BouncesService } from './bounces/bounces.service.js';
export {
  CampaignBouncesModule,
  CampaignsModule,
  CampaignsWorkerModule,
} from './campaigns.module.js';
export { CAMPAIGN, CampaignsService } from './campaigns.service.js';
export { WinnerWatch } from './sending/winner-watch.js';
export { SendingOptions } from './sending/sending-options.js';
