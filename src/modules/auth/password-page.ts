import type { Answer } from '../../platform/http/answers.js';
import { html, webPage } from '../../platform/http/web-page.js';

/** A form that asks for a password, and comes back to the address it was read at. */
export function passwordPage(
  title: string,
  intro: string,
  { email, isNew, button }: { email: string; isNew: boolean; button: string },
): Answer {
  const keptAs = isNew ? 'new-password' : 'current-password';
  return webPage(
    title,
    html`<p>${intro}</p>
      <form method="post">
        <input
          type="email"
          name="username"
          value="${email}"
          autocomplete="username"
          hidden
          disabled
        />
        <label
          >Password
          <input
            type="password"
            name="password"
            autocomplete="${keptAs}"
            minlength="8"
            maxlength="200"
            required
          />
        </label>
        <p><button type="submit">${button}</button></p>
      </form>`,
  );
}
