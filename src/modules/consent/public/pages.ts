import type { Problem } from '../../../common/errors.js';
import type { Answer } from '../../../platform/http/answers.js';
import { html, webPage } from '../../../platform/http/web-page.js';
import type { Channel } from '../channels.js';
import { boxOf } from './preferences.js';
import type {
  ConfirmationPageDto,
  PreferencesDto,
  UnsubscribedDto,
  UnsubscribePageDto,
} from './public-consent.dto.js';

const CHANNEL_NAMES: Record<Channel, string> = {
  ...{ email: 'By e-mail', phone: 'By phone', sms: 'By text message', post: 'By post' },
};

/** What went wrong, for people. */
export function problemPage(problem: Problem): Answer {
  const title = problem.status === 410 ? 'This link is over' : 'This did not work';
  return webPage(title, html`<p>${problem.detail}</p>`, { status: problem.status });
}

/** A button confirms, and not the page itself: programs that look through mails open links. */
export function confirmationPage(page: ConfirmationPageDto): Answer {
  if (page.status === 'granted') return confirmedPage(page);
  return webPage(
    'Please confirm',
    html`<p>${page.purpose}</p>
      ${[page.description, page.consentText].map((text) => text && html`<p>${text}</p>`)}
      <form method="post"><button type="submit">Yes, I confirm</button></form>`,
  );
}

export function confirmedPage({ purpose }: ConfirmationPageDto): Answer {
  return webPage('Thank you', html`<p>You have confirmed: ${purpose}.</p>`);
}

export function preferencesPage({ purposes }: PreferencesDto, isSaved: boolean): Answer {
  const boxes = purposes.map(
    ({ purpose, name, description, channels }) =>
      html`<fieldset>
        <legend>${name}</legend>
        ${description === null ? null : html`<p>${description}</p>`}
        ${channels.map(({ channel, granted }) => {
          const box = boxOf(purpose, channel);
          return html`<input type="hidden" name="shown" value="${box}" />
            <label>
              <input type="checkbox" name="box" value="${box}" ${granted ? 'checked' : null} />
              ${CHANNEL_NAMES[channel]}
            </label>`;
        })}
      </fieldset>`,
  );
  return webPage(
    'What you get from us',
    html`${isSaved ? html`<p role="status">What you chose is saved.</p>` : null}
      <form method="post">
        ${boxes}
        <button type="submit">Save</button>
      </form>
      <form method="post">
        <input type="hidden" name="unsubscribeAll" value="true" />
        <p><button type="submit">I want nothing at all</button></p>
      </form>`,
  );
}

export function unsubscribePage({ purpose }: UnsubscribePageDto): Answer {
  return webPage(
    'Unsubscribe',
    html`<p>You will get no more of this by e-mail${purpose === null ? null : `: ${purpose}`}.</p>
      <form method="post">
        <input type="hidden" name="List-Unsubscribe" value="One-Click" />
        <button type="submit">Unsubscribe</button>
      </form>`,
  );
}

export function unsubscribedPage({ preferencesUrl }: UnsubscribedDto): Answer {
  return webPage(
    'You are unsubscribed',
    html`<p>You will get no more of this.</p>
      ${
        preferencesUrl === null
          ? null
          : html`<p><a href="${preferencesUrl}">Choose what else you get</a></p>`
      }`,
  );
}
