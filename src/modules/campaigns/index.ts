export { CampaignsModule, CampaignsWorkerModule } from './campaigns.module.js';
export { CAMPAIGN, CampaignsService } from './campaigns.service.js';
export { SendingOptions } from './sending/sending-options.js';
