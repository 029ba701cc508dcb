import { Controller, Get } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Problem } from '../../common/errors.js';
import { Answer, unstored } from '../../platform/http/answers.js';
import { Public } from '../../platform/http/endpoint.decorator.js';
import { HealthChecks } from '../../platform/telemetry/health.js';
import { Metrics } from '../../platform/telemetry/metrics.js';
import { HealthDto, LivenessDto } from './monitoring.dto.js';

/** For load balancers, orchestrators and Prometheus. */
@ApiTags('Service')
@ApiExtraModels(HealthDto)
@Controller()
export class HealthController {
  constructor(
    private readonly health: HealthChecks,
    private readonly metrics: Metrics,
  ) {}

  @Get('health/live')
  @Public({
    summary: 'Whether the process lives',
    description: 'Touches nothing Keel depends on, and answers however much there is to do.',
    answers: LivenessDto,
  })
  live(): Answer {
    return unstored({ status: 'ok' });
  }

  @Get('health/ready')
  @Public({
    summary: 'Whether requests can be answered',
    description:
      'Asks the database, the queues and Redis, each for at most two seconds; the answer is good ' +
      'for one second. 503 without the database. Without the others it is `degraded`: jobs wait ' +
      'until their queues are back, and what Redis shares is counted and kept by each process.',
    answers: HealthDto,
  })
  async ready(): Promise<Answer> {
    const health = await this.health.look();
    if (health.status !== 'down') return unstored(health);
    throw new Problem('unavailable', 'The database does not answer.', {
      headers: { 'retry-after': '2', 'cache-control': 'no-store' },
      extra: { checks: health.checks },
    });
  }

  @Get('metrics')
  @ApiOkResponse({
    description: 'All metrics of this process',
    content: { 'text/plain': { schema: { type: 'string' } } },
  })
  @Public({ summary: 'Metrics for Prometheus', answers: null })
  async scrape(): Promise<Answer> {
    const text = await this.metrics.scrape();
    const headers = {
      'content-type': this.metrics.registry.contentType,
      'cache-control': 'no-store',
    };
    return new Answer(200, text, headers);
  }
}
