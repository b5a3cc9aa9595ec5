import { useEffect, useRef } from 'react';

/** What is entered in a form and neither saved nor given up. */
interface Form {
  changed: boolean;
}

const forms = new Set<Form>();
let answer: ((leave: boolean) => void) | undefined;
const listeners = new Set<() => void>();

function changed(): void {
  for (const listener of listeners) listener();
}

/** Whether there is anything entered that would be lost. */
export function anyUnsaved(): boolean {
  return [...forms].some((f) => f.changed);
}

/** Whether somebody is being asked, and how they answer; see Unsaved. */
export const leaving = {
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  asked: (): boolean => answer !== undefined,
  /** The answer holds a moment later: the same key may be on its way to the dialog below. */
  answer(leave: boolean): void {
    setTimeout(() => {
      const tell = answer;
      answer = undefined;
      changed();
      tell?.(leave);
    });
  },
};

/** Whether somebody leaves a form: asks them where something would be lost. Whoever is being asked already stays. */
export async function mayLeave(): Promise<boolean> {
  if (!anyUnsaved()) return true;
  if (answer) return false;
  return new Promise((tell) => {
    answer = tell;
    changed();
  });
}

/** Closes a dialog with a form, after asking where something would be lost. */
export async function closeUnlessKept(close: () => void): Promise<void> {
  if (await mayLeave()) close();
}

/**
 * Keeps what is entered in a form from being lost: whoever goes to another page, reloads this one or closes the form's dialog is asked first. It is what the form was
 * opened with until it differs. Returns what to call where it is saved, or given up by who says so.
 */
export function useUnsaved(entered: unknown): () => void {
  const text = JSON.stringify(entered);
  const form = useRef({ changed: false, first: text }).current;
  useEffect(() => {
    forms.add(form);
    return () => {
      forms.delete(form);
    };
  }, [form]);
  useEffect(() => {
    form.changed = text !== form.first;
  }, [form, text]);
  return () => {
    form.first = text;
    form.changed = false;
  };
}
