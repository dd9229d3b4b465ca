"""The cache of generated services, on disk.

An entry is the package of one service: ``<service>/<botocore's name>-<key>/``. The key
depends on the model, on the version of this distribution and on the format of the cache.
An entry is code, so it is used only if no other user can have written to it.

The folder of the cache can contain files of the user, so nothing is removed that this
module did not write: a folder is an entry only if it contains the list of its modules.
"""

from __future__ import annotations

import os
import re
import stat
import sys
import time
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

from paws_common.models import Model
from paws_common.version import __version__

_FORMAT = 3  # of the layout of the cache, and of the modules of an entry
_NAME = "paws-py"
_LOCK = f".{_NAME}.lock"
_MANIFEST = f".{_NAME}.modules"  # the names and sizes of the modules of an entry
_TEMPORARY = f".{_NAME}.new-"
_ENTRY = re.compile(r"(?P<service>.+)-[0-9a-f]{16}")
_DAY = 86_400  # seconds
_MAX_UNUSED_DAYS = 30
_MAX_LOCK_SECONDS = 60
_LOCK_INTERVAL = 0.02  # seconds
_MAX_LINKS = 40  # as in Linux, path_resolution(7)
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


def cache_folder() -> str:
    """Return the folder of the cache, which may not exist.

    It is PAWS_CACHE_DIR, or a folder in the cache folder of the platform: XDG Base
    Directory Specification; Apple, File System Programming Guide; %LOCALAPPDATA%.

    An OSError is raised if the user has no home folder.
    """
    if chosen := os.environ.get("PAWS_CACHE_DIR"):
        return os.path.abspath(os.path.expanduser(chosen))
    if sys.platform == "win32":
        parent = os.environ.get("LOCALAPPDATA") or "~\\AppData\\Local"
    elif sys.platform == "darwin":
        parent = "~/Library/Caches"
    else:
        # "All paths must be absolute. … should consider the path invalid and ignore it."
        xdg = os.environ.get("XDG_CACHE_HOME", "")
        parent = xdg if os.path.isabs(xdg) else "~/.cache"
    folder = os.path.join(os.path.expanduser(parent), _NAME)
    if not os.path.isabs(folder):
        raise FileNotFoundError("the user has no home folder for the cache")
    return folder


def private_folder() -> str:
    """Return the folder of the cache, if only this user can write to it.

    It may not exist yet.

    An OSError is raised if it, or a folder or a link on its path, belongs to another user,
    or others may write to one.
    """
    folder = cache_folder()
    if sys.platform == "win32":
        return folder  # the access list of %LOCALAPPDATA% excludes other users
    components = list(_components(folder))
    for path in components:
        try:
            status = os.lstat(path)
        except FileNotFoundError:
            break  # the rest is created with the mode 0700
        is_cache = path == components[-1]
        if status.st_uid != os.geteuid() and (is_cache or status.st_uid != 0):
            raise PermissionError(f"{path} belongs to another user")
        if stat.S_ISLNK(status.st_mode):
            continue
        # In a folder with the sticky bit, such as /tmp, others cannot replace a file.
        is_sticky = bool(status.st_mode & stat.S_ISVTX) and not is_cache
        if status.st_mode & _OTHERS_WRITE and not is_sticky:
            raise PermissionError(f"other users may write to {path}")
    return folder


def entry_path(folder: str, service: str, model: Model) -> str:
    """Return the path of the entry of a service, whether it exists or not."""
    return os.path.join(folder, service, f"{model.service}-{_key(model)}")


def is_usable(entry: str) -> bool:
    """Return whether an entry exists, is complete, and only this user can write to it.

    The entry is marked as used.
    """
    try:
        is_own = _is_own(os.lstat(os.path.dirname(entry)))
        age = time.time() - os.lstat(entry).st_mtime
        files = dict(_own_files(entry))
        with open(os.path.join(entry, _MANIFEST), "rb") as file:
            manifest = file.read()
    except OSError:
        return False
    # After a power failure, a file can be empty or truncated.
    if not is_own or manifest != _manifest(files):
        return False
    if age > _DAY:
        with suppress(OSError):
            os.utime(entry)
    return True


def services_of(folder: str, service: str) -> list[str]:
    """Return the botocore names that the entries of a service were generated from."""
    names = map(_ENTRY.fullmatch, _listdir(os.path.join(folder, service)))
    return sorted({name["service"] for name in names if name})


def store(entry: str, modules: Mapping[str, bytes]) -> None:
    """Write an entry, unless another process wrote it in the meantime.

    Entries of any service that were not used for 30 days are removed.

    `modules` are the contents of the files by their names.

    An OSError is raised if the entry cannot be written.
    """
    from tempfile import mkdtemp

    service_folder = os.path.dirname(entry)
    temporary = mkdtemp(prefix=_TEMPORARY, dir=service_folder)
    try:
        # Python would create it with the permissions that the umask allows.
        os.mkdir(os.path.join(temporary, "__pycache__"), 0o700)
        manifest = _manifest({name: len(content) for name, content in modules.items()})
        for name, content in {**modules, _MANIFEST: manifest}.items():
            _write(os.path.join(temporary, name), content)
        if not is_usable(entry):
            _remove(entry)
            _rename(temporary, entry)
    finally:
        _remove(temporary)
    _remove_unused(os.path.dirname(service_folder))


@contextmanager
def locked(folder: str, service: str) -> Iterator[None]:
    """Create the folder of a service, and lock it for at most one writing process.

    After a minute of waiting, the block runs without the lock. That is safe, because an
    entry is renamed to its final path when it is complete.

    An OSError is raised if the folder cannot be created, or is not writable.
    """
    service_folder = os.path.join(folder, service)
    _create_folders(service_folder)
    path = os.path.join(service_folder, _LOCK)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        deadline = time.monotonic() + _MAX_LOCK_SECONDS
        while not _lock(descriptor) and time.monotonic() < deadline:
            time.sleep(_LOCK_INTERVAL)
        yield
    finally:
        _unlock(descriptor)


def entry_paths(folder: str) -> Iterator[tuple[str, str]]:
    """Yield the service and the path of each entry, incomplete ones included."""
    for service in _listdir(folder):
        for name in _listdir(os.path.join(folder, service)):
            path = os.path.join(folder, service, name)
            is_entry = _ENTRY.fullmatch(name) and _MANIFEST in _listdir(path)
            if is_entry or name.startswith(_TEMPORARY):
                yield service, path


def clear(folder: str) -> None:
    """Remove all entries of a cache, and the folders that are empty then.

    Other files in the folder are kept.
    """
    for _, path in entry_paths(folder):
        _remove(path)
    for service in _listdir(folder):
        service_folder = os.path.join(folder, service)
        if _listdir(service_folder) == [_LOCK]:
            _remove(service_folder)
    with suppress(OSError):
        os.rmdir(folder)


def _key(model: Model) -> str:
    # Two checksums instead of hashlib, which loads OpenSSL. That takes a tenth of the time
    # of importing a small service. Collisions by an attacker need not be prevented, because
    # the models belong to the user.
    parts = [f"{_FORMAT} {__version__} {model.service}".encode()]
    for content in (model.content, model.extras, model.examples, model.waiters):
        if content is None:
            parts.append(b"\0")
        else:
            parts += [f"\0{len(content)} ".encode(), _without_time(content)]
    content = b"".join(parts)
    return f"{zlib.crc32(content):08x}{zlib.adler32(content):08x}"


def _without_time(content: bytes) -> bytes:
    """Return a file without the time at which it was compressed.

    RFC 1952, section 2.3: bytes 4 to 7.
    """
    return content[:4] + content[8:] if content.startswith(b"\x1f\x8b") else content


def _components(path: str) -> Iterator[str]:
    """Yield each folder and each symbolic link that a path goes through, from the root."""
    parts = path.split(os.sep)[::-1]
    current, links = os.sep, 0
    yield current
    while parts:
        part = parts.pop()
        if part in ("", os.curdir):
            continue
        if part == os.pardir:
            current = os.path.dirname(current)
            continue
        current = os.path.join(current, part)
        yield current
        if os.path.islink(current):
            links += 1
            if links > _MAX_LINKS:
                raise OSError(f"too many symbolic links: {path}")
            target = os.readlink(current)
            parts.extend(target.split(os.sep)[::-1])
            current = os.sep if os.path.isabs(target) else os.path.dirname(current)


def _is_own(status: os.stat_result) -> bool:
    """Return whether a file belongs to this user, and no other user may write to it."""
    if sys.platform == "win32":
        return True
    return status.st_uid == os.geteuid() and not status.st_mode & _OTHERS_WRITE


def _own_files(folder: str) -> Iterator[tuple[str, int]]:
    """Yield name and size of each file in a folder and in its ``__pycache__``.

    An OSError is raised if another user can write to one, or it is not a regular file.
    """
    if not _is_own(os.lstat(folder)):
        raise PermissionError(folder)
    with os.scandir(folder) as found:
        for each in found:
            if each.name == "__pycache__":
                yield from _own_files(each.path)
                continue
            try:
                status = each.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue  # Python renames what it has compiled
            if not stat.S_ISREG(status.st_mode) or not _is_own(status):
                raise PermissionError(each.path)
            yield each.name, status.st_size


def _manifest(sizes: Mapping[str, int]) -> bytes:
    """Return the list of the modules among some files."""
    modules = sorted(each for each in sizes.items() if each[0].endswith(".py"))
    return repr(modules).encode()


def _create_folders(folder: str) -> None:
    """Create a folder and those above it, for this user alone."""
    parent = os.path.dirname(folder)
    if parent != folder and not os.path.isdir(parent):
        _create_folders(parent)
    with suppress(FileExistsError):
        os.mkdir(folder, 0o700)


def _write(path: str, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "wb") as file:
        file.write(content)


def _rename(temporary: str, entry: str) -> None:
    try:
        os.rename(temporary, entry)
    except OSError:
        if not is_usable(entry):  # another process did not write it in the meantime
            raise


def _remove(path: str) -> None:
    from shutil import rmtree

    rmtree(path, ignore_errors=True)


def _remove_unused(folder: str) -> None:
    for _, path in entry_paths(folder):
        with suppress(OSError):
            if time.time() - os.lstat(path).st_mtime > _MAX_UNUSED_DAYS * _DAY:
                _remove(path)


def _listdir(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> bool:
        """Lock a file, or return False if another process has locked it."""
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _unlock(descriptor: int) -> None:
        os.close(descriptor)

else:
    import fcntl

    def _lock(descriptor: int) -> bool:
        """Lock a file, or return False if another process has locked it."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            return True  # the file system has no locks
        return True

    def _unlock(descriptor: int) -> None:
        # Closing is not enough: a forked process has a copy of the descriptor.
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_UN)
        os.close(descriptor)
