import { useMutation } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { api, call, type Schemas } from '../../api/client';
import { ApiError } from '../../api/error';
import { idempotencyKey } from '../../api/idempotencyKey';
import type { ScheduleBody } from './form';
import { type Schedule, schedulesChanged } from './schedules';

/** What somebody else has done with the schedule since it was looked at. */
export type Since = { what: 'changed'; theirs: Schedule } | { what: 'deleted' };

const has = (error: unknown, status: number) => error instanceof ApiError && error.status === status;

interface Options {
  /** The schedule that is being changed, as it was looked at; missing where a new one is made. */
  base: Schedule | undefined;
  enabled: boolean;
  onSaved: (saved: Schemas['SavedSchedule']) => void;
  onError: (error: unknown) => void;
}

/** Saves a schedule. Where somebody else was faster it says what they have done, and nothing of what was entered is lost. */
export function useSaving({ base, enabled, onSaved, onError }: Options) {
  const [since, setSince] = useState<Since>();
  // A request whose answer was lost makes nothing twice.
  const key = useRef({ of: '', key: '' });
  const save = useMutation({
    mutationFn: async ({ body, version }: { body: ScheduleBody; version?: number }) => {
      setSince(undefined);
      if (version === undefined || !base) {
        const of = JSON.stringify([body, enabled]);
        if (key.current.of !== of) key.current = { of, key: idempotencyKey() };
        return call(
          api.POST('/api/v1/schedules', {
            body: { ...body, enabled },
            params: { header: { 'Idempotency-Key': key.current.key } },
          }),
        );
      }
      const params = { path: { id: base.id } };
      try {
        return await call(api.PUT('/api/v1/schedules/{id}', { params, body: { ...body, version } }));
      } catch (error) {
        // A name in the body that is not there is answered by 404 too, and a run that is being made by 409: what is there now tells which it is.
        if (!has(error, 404) && !has(error, 409)) throw error;
        const theirs = await call(api.GET('/api/v1/schedules/{id}', { params })).catch((e: unknown) => {
          if (has(e, 404)) return undefined;
          throw e;
        });
        if (!theirs) setSince({ what: 'deleted' });
        else if (theirs.version !== version) setSince({ what: 'changed', theirs });
        throw error;
      }
    },
    onSuccess: onSaved,
    onError,
    onSettled: schedulesChanged,
  });
  return { save, since, forget: () => setSince(undefined) };
}
