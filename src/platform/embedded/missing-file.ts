/**
 * For `.catch` on a file operation that may find nothing there.
 * @throws whatever was caught unless it says that the file does not exist.
 */
export function undefinedIfMissing(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}
