import iconv from 'iconv-lite';

/** One property of a card: `item1.TEL;TYPE=cell,pref:+49 …`. */
export interface Property {
  /** In upper case, without its group. */
  name: string;
  /** Parameters in upper case, their values in lower case; `;CELL;PREF` of vCard 2.1 count as types. */
  types: string[];
  parameters: Map<string, string>;
  /** As written, but for its transfer encoding. */
  value: string;
}

/** Parameters of vCard 2.1 that stand without a name and are no type. */
const BARE_ENCODINGS = new Set(['quoted-printable', 'base64', '8bit', '7bit']);

/**
 * Reads a line of a card that was unfolded before.
 * @returns null when it is not one: there is no name or no colon
 */
export function parseProperty(line: string): Property | null {
  const colon = valueStart(line);
  if (colon === -1) return null;
  const [head, ...parts] = splitOutsideQuotes(line.slice(0, colon));
  const name = head!
    .slice(head!.lastIndexOf('.') + 1)
    .trim()
    .toUpperCase();
  if (!/^[A-Z][A-Z\d-]*$/.test(name)) return null;
  const property: Property = { name, types: [], parameters: new Map(), value: '' };
  for (const part of parts) addParameter(property, part);
  property.value = decoded(line.slice(colon + 1), property.parameters);
  return property;
}

/** Place of the colon before the value, which may not be one inside a quoted parameter. */
function valueStart(line: string): number {
  let inQuotes = false;
  for (let at = 0; at < line.length; at += 1) {
    const character = line[at];
    if (character === '"') inQuotes = !inQuotes;
    else if (character === ':' && !inQuotes) return at;
  }
  return inQuotes ? line.indexOf(':') : -1;
}

function splitOutsideQuotes(head: string): string[] {
  const parts: string[] = [];
  let inQuotes = false;
  let from = 0;
  for (let at = 0; at < head.length; at += 1) {
    if (head[at] === '"') inQuotes = !inQuotes;
    if (head[at] !== ';' || inQuotes) continue;
    parts.push(head.slice(from, at));
    from = at + 1;
  }
  parts.push(head.slice(from));
  return parts;
}

function addParameter(property: Property, part: string): void {
  const equals = part.indexOf('=');
  const value = part
    .slice(equals + 1)
    .replaceAll('"', '')
    .trim()
    .toLowerCase();
  if (equals === -1) {
    if (BARE_ENCODINGS.has(value)) property.parameters.set('ENCODING', value);
    else property.types.push(value);
    return;
  }
  const name = part.slice(0, equals).trim().toUpperCase();
  if (name === 'TYPE') property.types.push(...value.split(','));
  else property.parameters.set(name, value);
}

/** Undoes quoted-printable, whose bytes are in a charset of their own (UTF-8 unless it says so). */
function decoded(value: string, parameters: ReadonlyMap<string, string>): string {
  if (parameters.get('ENCODING') !== 'quoted-printable') return value;
  const charset = parameters.get('CHARSET') ?? 'utf-8';
  const name = iconv.encodingExists(charset) ? charset : 'utf-8';
  return value.replace(/(?:=[\da-f]{2})+/gi, (bytes) =>
    iconv
      .decode(Buffer.from(bytes.replaceAll('=', ''), 'hex'), name, { stripBOM: false })
      // Bytes that are no text, told from real text as in text-decoders.ts.
      .replaceAll('\ufffd', '\udfff'),
  );
}

/**
 * Takes a value apart at `separator`, except where a backslash stands before it.
 * @param isOld vCard 2.1, where a backslash escapes nothing but a semicolon
 */
export function splitValue(value: string, separator: ';' | ',', isOld: boolean): string[] {
  const parts: string[] = [];
  let from = 0;
  for (let at = 0; at < value.length; at += 1) {
    if (value[at] === '\\') at += 1;
    else if (value[at] === separator) {
      parts.push(value.slice(from, at));
      from = at + 1;
    }
  }
  parts.push(value.slice(from));
  return parts.map((part) => unescaped(part, isOld));
}

/** Undoes backslashes: `\n` is a line break, `\,`, `\;` and `\\` are themselves. */
export function unescaped(value: string, isOld: boolean): string {
  const text = isOld
    ? value.replaceAll('\\;', ';')
    : value.replace(/\\([nN,;:\\])/g, (_all, character: string) =>
        character === 'n' || character === 'N' ? '\n' : character,
      );
  return text.trim();
}
