/** JSON over `fetch`, with every failure as one of two errors. */

const TIMEOUT_MS = 15_000;

interface ErrorBody {
  error?: { code?: string; description?: string; field?: string };
}

/** The API answered, and not with what was asked for. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly description: string,
    readonly field = '',
    readonly retryAfterMs = 0,
  ) {
    super(description);
  }

  /** The same request may succeed later: its first run is still going, or the service is overloaded or down. */
  get isPassing(): boolean {
    return this.status >= 500 || this.status === 429 || this.status === 409;
  }
}

/** No answer: offline, a lost connection, a time-out. The request may have arrived all the same. */
export class Unreachable extends Error {}

export interface RequestOptions {
  method?: 'GET' | 'POST';
  headers?: Record<string, string>;
  body?: object;
}

export type Request = <Answer>(path: string, options?: RequestOptions) => Promise<Answer>;

async function errorOf(response: Response): Promise<ApiError> {
  const { error } = (await response.json().catch(() => ({}))) as ErrorBody;
  const retryAfterMs = Number(response.headers.get('Retry-After') || 0) * 1000;
  return new ApiError(response.status, error?.code ?? '', error?.description ?? '', error?.field, retryAfterMs || 0);
}

/** Requests below `base`; they carry no cookie and no address of this page. */
export function makeRequest(base: string, fetch: typeof globalThis.fetch): Request {
  return async <Answer>(path: string, { method = 'GET', headers = {}, body }: RequestOptions = {}) => {
    try {
      const response = await fetch(base + path, {
        method,
        headers: body ? { 'Content-Type': 'application/json', ...headers } : headers,
        body: body ? JSON.stringify(body) : undefined,
        mode: 'cors',
        credentials: 'same-origin', // what `crossorigin=anonymous` of the page's preload means
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      if (!response.ok) throw await errorOf(response);
      return (await response.json()) as Answer;
    } catch (error) {
      throw error instanceof ApiError ? error : new Unreachable();
    }
  };
}
