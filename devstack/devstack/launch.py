"""Runs as a script between fork and the real program: drops root, ties the program's life to its parent's,
execs.

    python -I -S launch.py PARENT_PID DEATH_SIGNAL UID GID KEEP_CAPABILITY COMMAND...

UID and GID are -1 to stay who we are. KEEP_CAPABILITY is 1 when the program must pass through directories
that are closed to its user (a clone below /root): it then keeps CAP_DAC_READ_SEARCH and nothing else.

The order matters. PR_SET_PDEATHSIG is cleared by a change of user, so it comes last; and a parent that died
before it was set would never be noticed, so the parent's pid is compared afterwards. See prctl(2),
capabilities(7).
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
PR_SET_SECUREBITS = 28
SECBIT_NO_SETUID_FIXUP = 1 << 2
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
CAPABILITY_VERSION_3 = 0x20080522
# In the order of preference: reading past closed directories, else (Docker's default set) the wider one.
CAP_DAC_READ_SEARCH = 2
CAP_DAC_OVERRIDE = 1

SetOf32 = ctypes.c_uint32 * 6  # (effective, permitted, inheritable) for capabilities 0-31, then 32-63


def capability_to_keep(libc: ctypes.CDLL) -> int:
    """The least one held that opens closed directories. Raises PermissionError when none is held."""
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    held = SetOf32()
    libc.capget(header, held)
    for capability in (CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE):
        if held[1] & (1 << capability):
            return capability
    raise PermissionError("root holds neither CAP_DAC_READ_SEARCH nor CAP_DAC_OVERRIDE")


def drop_root(libc: ctypes.CDLL, uid: int, gid: int, keep: bool) -> None:
    """Becomes uid:gid without other groups, with no capability left but the one that `keep` asks for."""
    capability = capability_to_keep(libc) if keep else None
    # The change of user then takes no capability, and access(2) heeds the one that is kept: PostgreSQL calls
    # it on its own programs.
    if capability is not None and libc.prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0) != 0:
        raise PermissionError("root does not hold CAP_SETPCAP")
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
    if capability is None:
        return
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    bit = 1 << capability
    if libc.capset(header, SetOf32(bit, bit, bit, 0, 0, 0)) != 0:
        raise PermissionError("the kernel refused to keep one capability")
    if libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0) != 0:
        raise PermissionError("the kernel has no ambient capabilities")


def main(arguments: list[str]) -> None:
    parent_pid, death_signal, uid, gid, keep = (int(argument) for argument in arguments[:5])
    command = arguments[5:]
    libc = ctypes.CDLL(None, use_errno=True)
    try:
        if uid >= 0:
            drop_root(libc, uid, gid, keep == 1)
        if sys.platform == "linux":
            libc.prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
            if os.getppid() != parent_pid:
                sys.exit("the parent died while this program was starting")
        # Python ignores these two for itself, and an exec hands that on.
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        os.execvp(command[0], command)
    except OSError as error:
        sys.exit(f"could not start {command[0]}: {error}")


if __name__ == "__main__":
    main(sys.argv[1:])
