import type { Answer } from '../../platform/http/answers.js';
import { html, webPage } from '../../platform/http/web-page.js';
import { LONGEST_COMMENT } from './survey.dto.js';
import type { PublicSurveyDto } from './survey.dto.js';

const SCORES = [
  { score: 5, label: 'Very satisfied' },
  { score: 4, label: 'Satisfied' },
  { score: 3, label: 'Neither' },
  { score: 2, label: 'Dissatisfied' },
  { score: 1, label: 'Very dissatisfied' },
];

/** The survey for a browser. A program that only follows links answers nothing. */
export function surveyPage(survey: PublicSurveyDto): Answer {
  if (!survey.isOpen) return thanksPage(survey);
  const choices = SCORES.map(
    ({ score, label }) =>
      html`<label
        ><input
          type="radio"
          name="score"
          value="${score}"
          required
          ${score === survey.score ? html`checked` : null}
        />
        ${label}</label
      >`,
  );
  return webPage(
    survey.question,
    html`<p>${survey.from}: #${survey.ticketNumber} “${survey.ticketSubject}”</p>
      <form method="post">
        <fieldset>
          <legend>Your answer</legend>
          ${choices}
        </fieldset>
        <label
          >What would you like to tell us?
          <textarea name="comment" rows="4" maxlength="${LONGEST_COMMENT}">
${survey.comment}</textarea>
        </label>
        <p><button type="submit">Send</button></p>
      </form>`,
  );
}

/** What a browser shows once the survey was answered. */
export function thanksPage({ from, isOpen, score }: PublicSurveyDto): Answer {
  const given = SCORES.find((choice) => choice.score === score)?.label;
  return webPage(
    'Thank you',
    html`<p>${from} has your answer: ${given}.</p>
      ${isOpen ? html`<p>You can change it once: follow the link in the mail again.</p>` : null}`,
  );
}
