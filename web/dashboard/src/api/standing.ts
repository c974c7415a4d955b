/** What this tab knows of its session, beside the query cache. */
export const standing = {
  /** Whose pages are shown, also once the session has ended. */
  merchantId: '',
  /** Nobody is signed in: other requests are refused here, for their 401s would only fill the console. */
  isSignedOut: false,
  /** Somebody signed out, here or in another tab; a session that ended by itself is asked for again in place. */
  hasLeft: false,
};
