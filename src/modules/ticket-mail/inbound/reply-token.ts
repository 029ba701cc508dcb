/** 122 random bits in hexadecimal: nobody guesses one. */
const TOKEN = /\+([0-9a-f]{32})@/;
const MOST = 20;

/** The support address with a ticket's token: what is sent there belongs to the ticket. */
export function addressWithToken(address: string, token: string): string {
  const at = address.lastIndexOf('@');
  return `${address.slice(0, at)}+${token}${address.slice(at)}`;
}

/** Tokens of the addresses that a mail was sent to. */
export function tokensIn(addresses: readonly string[]): string[] {
  const tokens = addresses.flatMap((address) => TOKEN.exec(address)?.[1] ?? []);
  return [...new Set(tokens)].slice(0, MOST);
}
