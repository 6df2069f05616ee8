"""SSH keys and signatures: format.md 6.5, 6.6 and 8."""

import base64
import functools
import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils

P = 2**255 - 19
D = -121665 * pow(121666, P - 2, P) % P
ORDER = 2**252 + 27742317777372353535851937790883648493
CURVES = {
    b"ecdsa-sha2-nistp256": (b"nistp256", ec.SECP256R1(), hashes.SHA256(), 32),
    b"ecdsa-sha2-nistp384": (b"nistp384", ec.SECP384R1(), hashes.SHA384(), 48),
    b"ecdsa-sha2-nistp521": (b"nistp521", ec.SECP521R1(), hashes.SHA512(), 66),
}
SK_ED, SK_EC = b"sk-ssh-ed25519@openssh.com", b"sk-ecdsa-sha2-nistp256@openssh.com"


class Bad(Exception):
    """Not what the page says; the replay never sees more than that."""


def canonical_base64(text):
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError:
        raise Bad("base64")
    if base64.b64encode(raw) != text:
        raise Bad("base64")
    return raw


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        if self.at + count > len(self.data):
            raise Bad("too short")
        self.at += count
        return self.data[self.at - count : self.at]

    def string(self):
        return self.take(int.from_bytes(self.take(4), "big"))

    def mpint(self):
        """Minimal and positive."""
        raw = self.string()
        if not raw or raw[0] & 0x80 or (raw[0] == 0 and (len(raw) < 2 or not raw[1] & 0x80)):
            raise Bad("mpint")
        return int.from_bytes(raw, "big")

    def end(self):
        if self.at != len(self.data):
            raise Bad("something after the last field")


def add(a, b):
    """Of two points of edwards25519, extended coordinates."""
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    g, h = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = f - e, h - g, h + g, f + e
    return e * f % P, g * h % P, f * g % P, e * h % P


@functools.lru_cache(None)
def good_ed25519(raw):
    """A canonical point of the prime-order group that is not its neutral element."""
    y = int.from_bytes(raw, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    if len(raw) != 32 or y >= P:
        return False
    xx = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(xx, (P + 3) // 8, P)
    if (x * x - xx) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - xx) % P or (x == 0 and sign):
        return False
    if x % 2 != sign:
        x = P - x
    if x == 0:
        return False
    point, total, scalar = (x, y, 1, x * y % P), (0, 1, 1, 0), ORDER
    while scalar:
        if scalar & 1:
            total = add(total, point)
        point, scalar = add(point, point), scalar >> 1
    return total[0] == 0 and (total[1] - total[2]) % P == 0


class Key:
    """A public key from its blob (6.5, 6.6). `raw` is what makes two keys the same key."""

    def __init__(self, blob):
        reader = Reader(blob)
        self.blob, self.type = blob, reader.string()
        self.security = self.type in (SK_ED, SK_EC)
        if self.type in (b"ssh-ed25519", SK_ED):
            self.raw = reader.string()
            if not good_ed25519(self.raw):
                raise Bad("point")
            self.family = "ed25519"
            self.public = ed25519.Ed25519PublicKey.from_public_bytes(self.raw)
        elif self.type in CURVES or self.type == SK_EC:
            name, curve, self.hash, self.width = CURVES[b"ecdsa-sha2-nistp256" if self.security else self.type]
            if reader.string() != name:
                raise Bad("curve")
            self.raw, self.family = reader.string(), "ecdsa"
            if self.raw[:1] != b"\4":
                raise Bad("point")
            try:
                self.public = ec.EllipticCurvePublicKey.from_encoded_point(curve, self.raw)
            except ValueError:
                raise Bad("point")
        elif self.type == b"ssh-rsa":
            e, n = reader.mpint(), reader.mpint()
            if not 2048 <= n.bit_length() <= 16384 or not n & 1 or not e & 1:
                raise Bad("rsa")
            if not 2 <= e.bit_length() <= 64:
                raise Bad("rsa")
            self.raw, self.family = (e, n), "rsa"
            self.public = rsa.RSAPublicNumbers(e, n).public_key()
            self.width = (n.bit_length() + 7) // 8
        else:
            raise Bad("key type")
        self.application = reader.string() if self.security else b""
        if self.security and not self.application.startswith(b"ssh:"):
            raise Bad("application")
        reader.end()

    def verify(self, blob, message):
        """Raises unless the signature field `blob` is this key's over the message (8.4)."""
        reader = Reader(blob)
        algorithm, value = reader.string(), reader.string()
        if self.family == "rsa":
            if algorithm not in (b"rsa-sha2-256", b"rsa-sha2-512"):
                raise Bad("algorithm")
        elif algorithm != self.type:
            raise Bad("algorithm")
        if self.security:
            flags, counter = reader.take(1), reader.take(4)
            if not flags[0] & 1:
                raise Bad("user present")
            sha = lambda data: hashlib.sha256(data).digest()
            message = sha(self.application) + flags + counter + sha(message)
        reader.end()
        try:
            if self.family == "ed25519":
                if len(value) != 64 or int.from_bytes(value[32:], "little") >= ORDER:
                    raise Bad("S")
                self.public.verify(value, message)
            elif self.family == "ecdsa":
                inner = Reader(value)
                r, s = inner.mpint(), inner.mpint()
                inner.end()
                if max(r, s).bit_length() > 8 * self.width:
                    raise Bad("size")
                self.public.verify(utils.encode_dss_signature(r, s), message, ec.ECDSA(self.hash))
            else:
                if len(value) != self.width:
                    raise Bad("size")
                kind = hashes.SHA256() if algorithm == b"rsa-sha2-256" else hashes.SHA512()
                self.public.verify(value, message, padding.PKCS1v15(), kind)
        except InvalidSignature:
            raise Bad("signature")


@functools.lru_cache(100_000)
def key_of(blob):
    """The key in a blob, or None."""
    try:
        return Key(blob)
    except Bad:
        return None


def signer(payload, armor):
    """The key whose good signature the armor is (8.1 to 8.4); None where there is none."""
    try:
        begin, end = b"-----BEGIN SSH SIGNATURE-----\n", b"\n-----END SSH SIGNATURE-----"
        armor = armor[:-1] if armor.endswith(b"\n") else armor
        if not armor.startswith(begin) or not armor.endswith(end):
            raise Bad("armor")
        lines = armor[len(begin) : -len(end)].split(b"\n")
        if not all(lines):
            raise Bad("armor")
        reader = Reader(canonical_base64(b"".join(lines)))
        if reader.take(6) != b"SSHSIG" or reader.take(4) != b"\0\0\0\1":
            raise Bad("version")
        blob, namespace, reserved = reader.string(), reader.string(), reader.string()
        hash_name, signature = reader.string(), reader.string()
        reader.end()
        if namespace != b"git" or reserved or hash_name not in (b"sha256", b"sha512"):
            raise Bad("fields")
        key = key_of(blob)
        if key is None:
            raise Bad("key")
        field = lambda data: len(data).to_bytes(4, "big") + data
        digest = hashlib.new(hash_name.decode(), payload).digest()
        key.verify(
            signature, b"SSHSIG" + field(b"git") + field(b"") + field(hash_name) + field(digest))
        return key
    except Bad:
        return None
