let ahead = 0; // of the server before this machine, in milliseconds

/** Notes what the server's clock shows: that of the reader may be wrong by hours, and "the last 7 days" are the server's. */
export function noteServerTime(now: string | null): void {
  if (now) ahead = Date.parse(now) - Date.now();
}

/** The server's time, as RFC 3339. */
export function serverNow(): string {
  return new Date(Date.now() + ahead).toISOString();
}
