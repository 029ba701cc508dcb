import { unescapeText } from './escapes.js';
import type { TextStore } from './text-store.js';
import type { XmlHandler } from './xml.js';

/** Reads the part of a workbook that lists the texts its cells refer to. */
export class SharedStringsHandler implements XmlHandler {
  private text = '';
  private isText = false;
  private isPhonetic = false;

  constructor(private readonly store: TextStore) {}

  onOpen(name: string): void {
    if (name === 'si') this.text = '';
    else if (name === 't') this.isText = !this.isPhonetic;
    // How Japanese names are read aloud stands beside them, and is no part of them.
    else if (name === 'rPh') this.isPhonetic = true;
  }

  onClose(name: string): void {
    if (name === 'si') this.store.add(unescapeText(this.text));
    else if (name === 't') this.isText = false;
    else if (name === 'rPh') this.isPhonetic = false;
  }

  onText(text: string): void {
    if (this.isText) this.text += text;
  }
}
