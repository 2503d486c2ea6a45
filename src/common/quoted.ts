/** Foreign text made fit for a message: short, one line, printable ASCII, so that it is safe in XML, JSON and logs. */
export function quoted(value: string): string {
  const printable = value.slice(0, 40).replace(/[^\x20-\x7e]|["<>&\\]/g, '?');
  return `"${printable}${value.length > 40 ? '...' : ''}"`;
}
