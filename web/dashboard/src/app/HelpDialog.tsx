import { Dialog } from '../ui/Dialog.tsx';
import { GO_TO } from './shortcuts.ts';

/** The keyboard's shortcuts. */
export function HelpDialog({ isOpen, onClose }: { isOpen: boolean; onClose(): void }) {
  return (
    <Dialog title="Keyboard shortcuts" isOpen={isOpen} onClose={onClose} testId="help-dialog">
      <dl className="shortcuts">
        <Shortcut keys={['/']} label="Search payments" />
        {Object.entries(GO_TO).map(([key, { label }]) => (
          <Shortcut key={key} keys={['g', key]} label={`Go to ${label}`} />
        ))}
        <Shortcut keys={['j', 'k']} label="Next, previous row of a list" />
        <Shortcut keys={['?']} label="Show this help" />
        <Shortcut keys={['Esc']} label="Close a dialog" />
      </dl>
    </Dialog>
  );
}

function Shortcut({ keys, label }: { keys: string[]; label: string }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>
        {keys.map((key) => (
          <kbd key={key}>{key}</kbd>
        ))}
      </dd>
    </div>
  );
}
