const LONGEST_KEY = 256;

/**
 * Remembers the answers for the last few thousand different texts. Columns of real files repeat
 * themselves (countries, languages, a switchboard's number), and a Map lookup is all a repeat costs.
 * When full it forgets everything at once, so memory stays bounded whatever a file holds.
 */
export function remembered<V>(compute: (key: string) => V, capacity = 8192): (key: string) => V {
  const known = new Map<string, V>();
  return (key) => {
    const hit = known.get(key);
    if (hit !== undefined) return hit;
    const value = compute(key);
    if (key.length <= LONGEST_KEY) {
      if (known.size >= capacity) known.clear();
      known.set(key, value);
    }
    return value;
  };
}
