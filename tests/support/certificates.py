"""A certificate authority whose certificates only the tests trust."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from itertools import count
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Certificate:
    """The files of a certificate: its chain and its key, both in one file, and apart."""

    combined: Path
    chain: Path
    key: Path


class Authority:
    """Issues certificates, whose files it writes to a folder.

    Parameters
    ----------
    folder : Path
        The folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count()
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name("Authority of the tests")
        builder = _builder(self._name, self._name, self._key, self._key, is_ca=True)
        certificate = builder.sign(self._key, hashes.SHA256())
        self.bundle = folder / "authority.pem"
        self.bundle.write_bytes(_pem(certificate))

    def issue(
        self, *hosts: str, expired: bool = False, self_signed: bool = False
    ) -> Certificate:
        """Return a certificate for host names and IP addresses.

        Parameters
        ----------
        *hosts : str
            The names.
        expired : bool
            Whether its validity ended yesterday.
        self_signed : bool
            Whether it is its own issuer.
        """
        key = ec.generate_private_key(ec.SECP256R1())
        name = _name("Certificate of the tests")
        issuer, signer = (name, key) if self_signed else (self._name, self._key)
        certificate = (
            _builder(name, issuer, key, signer, -_DAY if expired else _DAY)
            .add_extension(x509.SubjectAlternativeName(_alternatives(hosts)), False)
            .sign(signer, hashes.SHA256())
        )
        stem = self._folder / f"certificate-{next(self._numbers)}"
        files = Certificate(
            stem.with_suffix(".pem"), stem.with_suffix(".crt"), stem.with_suffix(".key")
        )
        chain, secret = _pem(certificate), _key_pem(key)
        files.chain.write_bytes(chain)
        files.key.write_bytes(secret)
        files.combined.write_bytes(secret + chain)
        return files

    def server_context(
        self,
        *hosts: str,
        client_required: bool = False,
        expired: bool = False,
        self_signed: bool = False,
    ) -> ssl.SSLContext:
        """Return what a server needs for TLS, with a certificate for its hosts.

        Parameters
        ----------
        *hosts : str
            The names; ``localhost`` and ``127.0.0.1`` by default.
        client_required : bool
            Whether clients need a certificate of this authority.
        expired, self_signed : bool
            As for `issue`.
        """
        certificate = self.issue(
            *(hosts or ("localhost", "127.0.0.1")),
            expired=expired,
            self_signed=self_signed,
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate.combined)
        if client_required:
            context.load_verify_locations(self.bundle)
            context.verify_mode = ssl.CERT_REQUIRED
        return context


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    signer: ec.EllipticCurvePrivateKey,
    validity: timedelta = _DAY,
    *,
    is_ca: bool = False,
) -> x509.CertificateBuilder:
    """Start a certificate with the extensions of RFC 5280, section 4.2.1.

    Python 3.13 and later verify with ``VERIFY_X509_STRICT``, which requires them.
    """
    now = datetime.now(UTC)
    path_length = 0 if is_ca else None
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - 3 * _DAY)
        .not_valid_after(now + validity)
        .add_extension(x509.BasicConstraints(is_ca, path_length), True)
        .add_extension(_key_usage(is_ca), True)
        .add_extension(
            x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False
        )
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()),
            False,
        )
    )


def _key_usage(is_ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_ca,
        key_cert_sign=is_ca,
        crl_sign=is_ca,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _alternatives(hosts: Sequence[str]) -> list[x509.GeneralName]:
    return [_alternative(host) for host in hosts]


def _alternative(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
