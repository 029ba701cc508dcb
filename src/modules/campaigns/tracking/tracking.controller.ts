import { Controller, Get, Param, StreamableFile } from '@nestjs/common';
import { ApiParam, ApiProduces, ApiTags } from '@nestjs/swagger';
import { Answer } from '../../../platform/http/answers.js';
import { Public } from '../../../platform/http/endpoint.decorator.js';
import { TrackingService } from './tracking.service.js';

/** A transparent point. */
const PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');

const TOKEN = 'kq0m2l3ZVbW8xq1Y8u0b1wABAZkk2m5Tc1mJ8Q7o3l7l';

/** Addresses in mails, for those who open them and follow their links. */
@ApiTags('Campaigns')
@Controller('v1')
export class TrackingController {
  constructor(private readonly tracking: TrackingService) {}

  @Get('campaign-opens/:token')
  @Public({
    summary: 'A picture in a mail that tells that it was opened',
    description: 'Where the workspace has switched that off, mails have none, and none is counted.',
    problems: [404],
    throttle: 'link',
  })
  @ApiProduces('image/gif')
  @ApiParam({ name: 'token', example: TOKEN })
  async open(@Param('token') token: string) {
    await this.tracking.opened(token);
    return new StreamableFile(PIXEL, { type: 'image/gif', length: PIXEL.length });
  }

  @Get('campaign-clicks/:token')
  @Public({
    summary: 'A link in a mail: leads on to the address that stood there',
    status: 302,
    problems: [404],
    throttle: 'link',
  })
  @ApiParam({ name: 'token', example: TOKEN })
  async click(@Param('token') token: string) {
    const location = await this.tracking.clicked(token);
    return new Answer(302, null, {
      location,
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
    });
  }
}
