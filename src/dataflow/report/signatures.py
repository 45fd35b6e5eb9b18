"""Signatures with the SSH keys that users have: a DSSE envelope, and one of OpenSSH."""

from __future__ import annotations

import json
import shlex
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.serialization import (
    load_ssh_private_key,
    load_ssh_public_key,
)
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import CryptoSigner, Key, SSlibKey

from dataflow.errors import FileError, SettingsError

#: The file of allowed signers below the root of the project, as OpenSSH has it.
ALLOWED = Path("allowed_signers")
#: The purpose of a signature: one for another purpose does not count.
NAMESPACE = "dataflow-sign-off"

_PAYLOAD = "application/vnd.in-toto+json"
_KEY_TYPE = "ssh-ed25519"
#: How long ssh-keygen may take, in seconds: an agent may ask the user.
_PATIENCE = 60


@dataclass(frozen=True, slots=True)
class Signer:
    """An allowed signer: the name, and the public key."""

    name: str
    key: Key


def read_signers(path: Path) -> list[Signer]:
    """Return the signers with Ed25519 keys in a file, or raise `FileError`."""
    try:
        lines = path.read_text("utf-8").splitlines()
        return [found for line in lines for found in _parse_line(line)]
    except (OSError, ValueError, UnsupportedAlgorithm) as error:
        raise FileError(
            f"{path} is not a file of allowed signers ({error}): write a line such as"
            f' `ada@example.com namespaces="{NAMESPACE}" {_KEY_TYPE} AAAA...` for each.'
        ) from error


def _parse_line(line: str) -> Iterator[Signer]:
    words = shlex.split(line, comments=True)
    if _KEY_TYPE in words:
        place = words.index(_KEY_TYPE)
        public = load_ssh_public_key(" ".join(words[place : place + 2]).encode())
        assert isinstance(public, Ed25519PublicKey)
        for name in words[0].split(","):
            yield Signer(name, SSlibKey.from_crypto(public))


def load_key(path: Path, ask: Callable[[], str]) -> CryptoSigner:
    """Return the private key in a file; `ask` returns its passphrase."""
    try:
        content = path.read_bytes()
        try:
            key = load_ssh_private_key(content, None)
        except TypeError:  # it has a passphrase
            key = load_ssh_private_key(content, ask().encode())
    except (OSError, ValueError, UnsupportedAlgorithm) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise SettingsError(
            f"{path} is not a private SSH key ({reason}), so that the sheet stays"
            " unsigned: name another one with --key."
        ) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise SettingsError(
            f"{path} is not an Ed25519 key: name another one with --key, or create one"
            " with `ssh-keygen -t ed25519`."
        )
    return CryptoSigner(key)


def find_name(signer: CryptoSigner, allowed: list[Signer]) -> str | None:
    """Return the name of the allowed signer who has this key."""
    wanted = signer.public_key.keyid
    return next((each.name for each in allowed if each.key.keyid == wanted), None)


def seal(statement: bytes, signer: CryptoSigner) -> str:
    """Return a DSSE envelope of a statement as JSON."""
    envelope = Envelope(statement, _PAYLOAD, {})
    envelope.sign(signer)
    return f"{json.dumps(envelope.to_dict(), indent=1)}\n"


def sign_file(path: Path, key: Path) -> None:
    """Write the detached signature of a file beside it, as OpenSSH does."""
    done = _run("sign", "-f", str(key), "-n", NAMESPACE, str(path))
    if done.returncode:
        raise SettingsError(
            f"ssh-keygen cannot sign with {key} ({done.stderr.decode().strip()}): name"
            " another key with --key."
        )


def find_envelope_signers(
    envelope: Path, statement: bytes, allowed: list[Signer]
) -> set[str]:
    """Return the allowed signers of a statement; none if the envelope has another."""
    try:
        held = Envelope.from_dict(json.loads(envelope.read_bytes()))
    except (OSError, ValueError, LookupError, TypeError):
        return set()
    if (held.payload, held.payload_type) != (statement, _PAYLOAD):
        return set()
    found = set()
    for signer in allowed:
        try:
            held.verify([signer.key], 1)
        except VerificationError:
            continue
        found.add(signer.name)
    return found


def has_signature(statement: bytes, sig: Path, signers: Path, name: str) -> bool:
    """Return whether OpenSSH accepts the signature of a statement by this signer."""
    arguments = ("-f", str(signers), "-I", name, "-n", NAMESPACE, "-s", str(sig))
    return _run("verify", *arguments, stdin=statement).returncode == 0


def _run(
    action: str, *arguments: str, stdin: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(  # noqa: S603 - a list of words, without a shell
            ["ssh-keygen", "-Y", action, *arguments],  # noqa: S607 - the user's own
            input=stdin,
            capture_output=True,
            check=False,
            timeout=_PATIENCE,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise SettingsError(
            f"ssh-keygen did not run ({error}): install OpenSSH 8.2 or newer."
        ) from error
