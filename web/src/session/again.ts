/**
 * A session may end while somebody fills in a form. Then the request that noticed waits, the page stays as it is, and a dialog over it asks for the password
 * (see SignInAgain). Once that is given, here or in another tab, the request is sent again.
 */

let begun = false;
let waiting: { resume: () => void; until: Promise<void> } | undefined;
const listeners = new Set<() => void>();

function changed(): void {
  for (const listener of listeners) listener();
}

/** Says whether somebody is signed in: only then can a session end. */
export function sessionBegun(yes: boolean): void {
  begun = yes;
}

export const sessionEnded = {
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  get: (): boolean => waiting !== undefined,
};

/** Lets all that wait go on. */
export function signedInAgain(): void {
  const resume = waiting?.resume;
  waiting = undefined;
  changed();
  resume?.();
}

function wait(): Promise<void> {
  if (!waiting) {
    let resume = () => {};
    const until = new Promise<void>((resolve) => {
      resume = resolve;
    });
    waiting = { resume, until };
    changed();
  }
  return waiting.until;
}

/** Like fetch, but a request that is refused because the session has ended waits for another one. */
export async function fetchSignedIn(request: Request): Promise<Response> {
  const signsIn = request.method === 'POST' && new URL(request.url).pathname === '/api/v1/session';
  for (;;) {
    const answer = await fetch(request.clone());
    if (answer.status !== 401 || !begun || signsIn) return answer;
    await wait();
  }
}

/** Whether a member is signed in, as it may be by now in another tab. It waits for nothing. */
export async function isSignedIn(member: string): Promise<boolean> {
  const answer = await fetch('/api/v1/session').catch(() => undefined);
  return answer?.ok === true && (await answer.json()).id === member;
}
