/** Every failure of a request as one error, and what to say about it. */

interface ErrorBody {
  error?: { code?: string; description?: string; field?: string; request_id?: string };
}

/** `status` 0: no answer at all (offline, a lost connection, a time-out). */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly description: string,
    readonly field = '',
    readonly retryAfterS = 0,
    /** Of a fault of the server's own: what its operator finds it by. */
    readonly requestId = '',
  ) {
    super(description);
  }

  /** The same request may succeed later. */
  get isPassing(): boolean {
    return this.status === 0 || this.status >= 500 || this.status === 429;
  }
}

export const UNREACHABLE = 'UNREACHABLE';

export function unreachable(): ApiError {
  return new ApiError(0, UNREACHABLE, 'The gateway did not answer. Check your connection, then try again.');
}

export function signedOut(): ApiError {
  return new ApiError(401, 'AUTHENTICATION_ERROR', 'Your session has ended. Sign in again.');
}

/** `body` is what the answer held: the contract's error, or something of a server in between. */
export function errorOf(response: Response, body: unknown): ApiError {
  const { error } = (typeof body === 'object' && body !== null ? body : {}) as ErrorBody;
  const description = error?.description ?? `The server answered ${response.status}.`;
  const retryAfterS = Number(response.headers.get('Retry-After') ?? 0) || 0;
  const { code = '', field = '', request_id = '' } = error ?? {};
  return new ApiError(response.status, code, description, field, retryAfterS, request_id);
}

/** What happened and what to do about it, in one or two sentences. */
export function messageOf(error: unknown): string {
  if (!(error instanceof ApiError)) return 'Something went wrong on this page. Reload it.';
  if (error.status === 429) return `Too many requests. Wait ${error.retryAfterS || 'a few'} seconds, then try again.`;
  if (error.status >= 500) {
    const reference = error.requestId && ` If it goes on, tell your operator ${error.requestId}.`;
    return `${sentence(error.description)} Try again in a moment.${reference}`;
  }
  return sentence(error.description);
}

/** The message, if it is about the field `name`: it then stands below that field. */
export function faultOf(error: unknown, name: string): string | undefined {
  return error instanceof ApiError && error.field === name ? sentence(error.description) : undefined;
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
