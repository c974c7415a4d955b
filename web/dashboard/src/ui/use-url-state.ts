/** A page's state that belongs into its address, so that it can be linked, reloaded and gone back to. */
import { useEffect, useRef } from 'react';
import { useSearchParams } from 'react-router';

export interface UrlState<Names extends string> {
  values: Record<Names, string>;
  /**
   * Sets some of them; '' removes one. Everything not among the names (a cursor) is dropped.
   *
   * It is a step that the back button undoes, unless `isReplacing`: for what is still being typed.
   */
  set(changes: Partial<Record<Names, string>>, isReplacing?: boolean): void;
  clear(): void;
  /** Whether any differs from ''. */
  isSet: boolean;
}

/** `useUrlState(['status', 'method'])`: each is '' when the address does not have it. */
export function useUrlState<Names extends string>(names: readonly Names[]): UrlState<Names> {
  const [params, setParams] = useSearchParams();
  const values = Object.fromEntries(names.map((name) => [name, params.get(name) ?? ''])) as Record<Names, string>;
  /** The router shows a new address a moment later; what is set until then must not undo it. */
  const latest = useRef(values);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the values are the address's
  useEffect(() => {
    latest.current = values;
  }, [params]);
  const write = (next: Record<Names, string>, replace = false) => {
    latest.current = next;
    const present = Object.entries<string>(next).filter(([, value]) => value);
    setParams(present, { replace });
  };
  return {
    values,
    set: (changes, isReplacing) => write({ ...latest.current, ...changes }, isReplacing),
    clear: () => write(Object.fromEntries(names.map((name) => [name, ''])) as Record<Names, string>),
    isSet: names.some((name) => values[name] !== ''),
  };
}
