import { useEffect, useState } from 'react';
import { Icon } from './Icon.tsx';
import { useToast } from './Toast.tsx';

const SHOWN_MS = 2_000;

/** Copies `text`; `what` names it: "Copy API key". */
export function Copy({ text, what, isLabelled }: { text: string; what: string; isLabelled?: boolean }) {
  const [isCopied, setCopied] = useState(false);
  const toast = useToast();
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setCopied(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [isCopied]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
    } catch {
      toast('The browser did not allow copying. Select the text and copy it.', 'bad');
    }
  };
  return (
    <button type="button" className="copy" aria-label={isCopied ? 'Copied' : `Copy ${what}`} onClick={copy}>
      <Icon name={isCopied ? 'check' : 'copy'} />
      {isLabelled && <span>{isCopied ? 'Copied' : 'Copy'}</span>}
    </button>
  );
}
