/** A curl command that sends a delivery again, the way a shell reads it. */
import type { DeliveryDetails } from '../../api/webhooks.ts';

/** One word for a POSIX shell, whatever is in it. */
export function shellWord(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** Null when there is no address that may be called. */
export function curlOf({ url, payload, attempt_log }: DeliveryDetails): string | null {
  if (!url || !/^https?:\/\//i.test(url)) return null;
  const headers = attempt_log[0]?.request_headers ?? { 'Content-Type': 'application/json' };
  return [
    `curl --globoff -X POST ${shellWord(url)}`,
    ...Object.entries(headers).map(([name, value]) => `-H ${shellWord(headerLine(name, value))}`),
    // raw: a body that began with @ would name a file.
    `--data-raw ${shellWord(payload)}`,
  ].join(' \\\n  ');
}

/** curl takes `Name:` as "leave it out" and `Name;` as "send it empty"; a line break would begin another header. */
function headerLine(name: string, value: string): string {
  const line = value.replace(/[\r\n]+/g, ' ');
  return line ? `${name}: ${line}` : `${name};`;
}
