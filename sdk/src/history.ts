/** An entry in the browser's history for the modal, so that Back closes it instead of leaving the shop. */

const MARK = 'paymentGateway';

export interface HistoryEntry {
  /** Back was pressed, and the modal stays. */
  enterAgain(): void;
  /** The modal is gone. */
  leave(): void;
}

// A router keeps its own state in the entries, so the mark is added to it.
const isMarked = () => !!history.state?.[MARK];

let stop = () => {};

/** Add the entry, or take the one that an earlier modal left; `onBack` runs when the payer goes back from it. */
export function addEntry(onBack: () => void): HistoryEntry {
  const { href } = location;
  let [isOver, isPopped] = [false, false];
  const hear = () => {
    if (isOver) {
      // An entry of the same page was left behind; Back leads past it. Only its first step can come to it.
      stop();
      if (isMarked() || location.href === href) history.back();
    } else if (!isMarked()) {
      isPopped = true;
      onBack();
    }
  };
  stop();
  stop = () => removeEventListener('popstate', hear);
  if (!isMarked()) history.pushState({ ...history.state, [MARK]: true }, '');
  addEventListener('popstate', hear);
  return {
    enterAgain() {
      isPopped = false;
      history.forward();
    },
    leave() {
      isOver = true;
      if (isPopped) stop();
    },
  };
}
