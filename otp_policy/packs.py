"""
The evidence pack: a ZIP file that can be written in one way only, so that any change shows.

Its members are stored as they are, in the order of their names, dated 1 January 1980, without
comments, extra fields or gaps; then come `manifest.json` (the SHA-256 of each member, in canonical
JSON) and `manifest.sha256` (that of the manifest). Who checks a pack writes every header anew from
what was read and compares: nothing in the file is left unread. Every common program opens it.

With `ledger.py` before it an auditor runs this file's own text alone, on Python 3.9 or newer.
"""

from __future__ import annotations

import hashlib
import json
import re
import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from otp_policy.ledger import canonical_json

__all__ = [
    "LARGEST_JSON",
    "Member",
    "PackDefect",
    "PackReading",
    "bytes_of",
    "chunks_of",
    "parse_json",
    "read_pack",
    "sha256_of",
    "write_pack",
]

MANIFEST, MANIFEST_HASH = "manifest.json", "manifest.sha256"
PACK_FORMAT = "otp-pack/1"
MOST_MEMBERS = 5000
LARGEST_PACK = (1 << 31) - 1
"""Bytes; nothing of a pack needs the 64-bit fields of ZIP, and a lie in them is no pack."""
LARGEST_JSON = 4 << 20
"""Bytes of a member that is held in memory; a larger one is none of ours."""
# No capitals: two names that differ in them alone are one file on some machines.
_NAME = re.compile(r"(?!.*(?:^|/)\.)[a-z0-9_.-]{1,80}(?:/[a-z0-9_.-]{1,80}){0,3}")
_CHUNK = 1 << 16
_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
# Version 1.0, names in UTF-8, stored, midnight of 1 January 1980; a plain file that all may read.
_FIXED = (10, 0x0800, 0, 0, 0x0021)
_MADE_BY, _MODE = (3 << 8) | 10, (0o100644 << 16)


@dataclass(frozen=True)
class PackDefect:
    """One thing wrong with a pack; `where` is a member, or a place in one."""

    code: str
    where: str = ""


@dataclass(frozen=True)
class Member:
    """One file of a pack: its name, size in bytes, both sums, and where its bytes begin."""

    name: str
    size: int
    crc: int
    sha256: str
    begins_at: int


@dataclass
class PackReading:
    """What was read of a pack: its hash, its members by name, and every defect found."""

    sha256: str = ""
    members: dict[str, Member] = field(default_factory=dict)
    defects: list[PackDefect] = field(default_factory=list)

    def find(self, code: str, where: str = "") -> None:
        """Add a defect."""
        self.defects.append(PackDefect(code, where))


def write_pack(out: BinaryIO, members: Iterable[tuple[str, Iterable[bytes]]]) -> str:
    """
    Write a pack to *out*, an empty file that can be read back; return the SHA-256 of the file.

    Args:
        out: A file opened to be written and read.
        members: Names and the chunks of their bytes, in the order of the names.

    Raises:
        ValueError: For a name that a pack cannot have, or one out of order; for what is too large.
    """
    written: list[Member] = []
    for name, chunks in members:
        if name in (MANIFEST, MANIFEST_HASH) or not _may_follow(name, written):
            raise ValueError(f"`{name}` cannot be here in a pack")
        written.append(_write_member(out, name, chunks))
    manifest = canonical_json(_manifest_of(written))
    written.append(_write_member(out, MANIFEST, [manifest]))
    written.append(_write_member(out, MANIFEST_HASH, [_hash_line(manifest)]))
    out.write(_directory(written, out.tell()))
    if out.tell() > LARGEST_PACK or len(written) > MOST_MEMBERS or len(manifest) > LARGEST_JSON:
        raise ValueError("too large for a pack")
    out.seek(0)
    return sha256_of(_chunks(out))


def read_pack(file: BinaryIO) -> PackReading:
    """
    Return what stands in a pack, and every defect of it as a container.

    Codes: `too_large`, `too_many`, `truncated`, `not_canonical` (a byte of the container is not
    the one that a pack has there), `bad_name`, `out_of_order` (so that a member stands twice, or
    elsewhere), `changed` (a member is not what its header or the manifest says), `missing`,
    `unlisted`, `manifest_malformed`, `manifest_changed`.
    """
    reading = PackReading()
    size = file.seek(0, 2)
    if size > LARGEST_PACK:
        reading.find("too_large")
        return reading
    file.seek(0)
    reading.sha256 = sha256_of(_chunks(file))
    file.seek(0)
    if _read_members(file, size, reading):
        _check_directory(file, reading)
        _check_manifest(file, reading)
    return reading


def sha256_of(chunks: Iterable[bytes]) -> str:
    """Return the SHA-256 of *chunks* after one another, as 64 hexadecimal digits."""
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
    return digest.hexdigest()


def chunks_of(file: BinaryIO, begins_at: int, size: int) -> Iterator[bytes]:
    """Yield *size* bytes of *file* from *begins_at*."""
    file.seek(begins_at)
    while size > 0 and (chunk := file.read(min(_CHUNK, size))):
        size -= len(chunk)
        yield chunk


def bytes_of(file: BinaryIO, member: Member) -> bytes:
    """
    Return the bytes of a small member.

    Raises:
        ValueError: If it is larger than anything that is read as a whole.
    """
    if member.size > LARGEST_JSON:
        raise ValueError(f"`{member.name}` is too large")
    return b"".join(chunks_of(file, member.begins_at, member.size))


def parse_json(data: bytes) -> Any:
    """
    Return the value of *data*, which has to be canonical JSON to the last byte.

    Raises:
        ValueError: If it is not, or is nested too deeply.
    """
    try:
        value = json.loads(
            data.decode("utf-8"),
            parse_int=_small_integer,
            parse_float=_refused,
            parse_constant=_refused,
        )
        is_canonical = canonical_json(value) == data
    except (RecursionError, TypeError) as error:
        raise ValueError("no canonical JSON") from error
    if not is_canonical:
        raise ValueError("no canonical JSON")
    return value


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    return iter(lambda: file.read(_CHUNK), b"")


def _small_integer(digits: str) -> int:
    # Reading a number of a million digits would take minutes.
    if len(digits) > 17:
        raise ValueError("a number too large for canonical JSON")
    return int(digits)


def _refused(text: str) -> Any:
    raise ValueError("a number that canonical JSON does not have")


def _may_follow(name: str, before: list[Member]) -> bool:
    """Tell whether *name* is one that a pack can have after the members *before* it."""
    return bool(_NAME.fullmatch(name)) and (not before or before[-1].name < name)


def _write_member(out: BinaryIO, name: str, chunks: Iterable[bytes]) -> Member:
    begin = out.tell()
    out.write(_local_header(name, 0, 0))
    begins_at = out.tell()
    size, crc, digest = 0, 0, hashlib.sha256()
    for chunk in chunks:
        out.write(chunk)
        size, crc = size + len(chunk), zlib.crc32(chunk, crc)
        digest.update(chunk)
        if size > LARGEST_PACK:
            raise ValueError("too large for a pack")
    out.seek(begin)
    out.write(_local_header(name, size, crc))
    out.seek(0, 2)
    return Member(name, size, crc, digest.hexdigest(), begins_at)


def _local_header(name: str, size: int, crc: int) -> bytes:
    encoded = name.encode("ascii")
    head = _LOCAL.pack(b"PK\x03\x04", *_FIXED, crc, size, size, len(encoded), 0)
    return head + encoded


def _directory(members: list[Member], begins_at: int) -> bytes:
    """Return the central directory of *members* and the end of the file."""
    listed = b"".join(map(_central_header, members))
    count = len(members)
    return listed + _END.pack(b"PK\x05\x06", 0, 0, count, count, len(listed), begins_at, 0)


def _central_header(member: Member) -> bytes:
    name = member.name.encode("ascii")
    sizes = (member.crc, member.size, member.size, len(name), 0, 0)
    header_at = member.begins_at - _LOCAL.size - len(name)
    head = _CENTRAL.pack(b"PK\x01\x02", _MADE_BY, *_FIXED, *sizes, 0, 0, _MODE, header_at)
    return head + name


def _manifest_of(members: Iterable[Member]) -> dict[str, object]:
    listed = [{"name": one.name, "size": one.size, "sha256": one.sha256} for one in members]
    return {"format": PACK_FORMAT, "members": listed}


def _hash_line(manifest: bytes) -> bytes:
    """Return the manifest's hash as `sha256sum -c` reads it."""
    return f"{hashlib.sha256(manifest).hexdigest()}  {MANIFEST}\n".encode("ascii")


def _read_members(file: BinaryIO, size: int, reading: PackReading) -> bool:
    """Read every member up to the directory; False where no further one can be found."""
    while True:
        begin = file.tell()
        head = file.read(_LOCAL.size)
        if head[:4] == b"PK\x01\x02":
            file.seek(begin)
            return True
        if len(reading.members) >= MOST_MEMBERS:
            reading.find("too_many")
            return False
        member = _read_member(file, head, size, reading)
        if member is None:
            return False
        before = list(reading.members.values())[-1:]
        if member.name not in (MANIFEST, MANIFEST_HASH) and not _may_follow(member.name, before):
            reading.find("out_of_order", member.name)
            return False
        reading.members[member.name] = member


def _read_member(file: BinaryIO, head: bytes, size: int, reading: PackReading) -> Member | None:
    """Return the member whose header begins with *head*; None, with the reason found, if none."""
    place = f"byte {file.tell() - len(head)}"
    if len(head) < _LOCAL.size:
        reading.find("truncated", place)
        return None
    crc, stored, length = (_LOCAL.unpack(head)[part] for part in (6, 7, 9))
    encoded = file.read(min(length, 400))
    name = encoded.decode("ascii", "replace")
    if not _NAME.fullmatch(name):
        reading.find("bad_name", place)
        return None
    if head + encoded != _local_header(name, stored, crc):
        reading.find("not_canonical", name)
        return None
    begins_at = file.tell()
    if stored > size - begins_at:
        reading.find("truncated", name)
        return None
    summed, digest = 0, hashlib.sha256()
    for chunk in chunks_of(file, begins_at, stored):
        summed = zlib.crc32(chunk, summed)
        digest.update(chunk)
    if summed != crc:
        reading.find("changed", name)
    return Member(name, stored, crc, digest.hexdigest(), begins_at)


def _check_directory(file: BinaryIO, reading: PackReading) -> None:
    expected = _directory(list(reading.members.values()), file.tell())
    # One byte more than there may be: what follows the end is no part of a pack.
    if file.read(len(expected) + 1) != expected:
        reading.find("not_canonical", "directory")


def _check_manifest(file: BinaryIO, reading: PackReading) -> None:
    members = list(reading.members.values())
    if [one.name for one in members[-2:]] != [MANIFEST, MANIFEST_HASH]:
        reading.find("missing", MANIFEST)
        return
    try:
        manifest, noted = (bytes_of(file, member) for member in members[-2:])
        stated = _listed(parse_json(manifest))
    except (ValueError, TypeError, KeyError):
        reading.find("manifest_malformed", MANIFEST)
        return
    if noted != _hash_line(manifest):
        reading.find("manifest_changed", MANIFEST_HASH)
    found = _manifest_of(members[:-2])
    _compare(reading, stated, _listed(found))
    if not reading.defects and canonical_json(found) != manifest:
        reading.find("manifest_malformed", MANIFEST)


def _listed(manifest: Any) -> dict[str, Any]:
    if manifest["format"] != PACK_FORMAT:
        raise ValueError("another format")
    return {str(row["name"]): row for row in manifest["members"]}


def _compare(reading: PackReading, stated: dict[str, Any], found: dict[str, Any]) -> None:
    """Add a defect for each member that is not as the manifest states it."""
    for name in sorted(stated.keys() | found.keys()):
        if name not in found:
            reading.find("missing", name)
        elif name not in stated:
            reading.find("unlisted", name)
        elif stated[name] != found[name]:
            reading.find("changed", name)
