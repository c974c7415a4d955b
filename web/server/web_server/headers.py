"""Security headers of the pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

NOBODY = ("'none'",)
ANYBODY = ("*",)

EVERYWHERE: Mapping[str, str] = {
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}

_FEATURES = (
    "accelerometer",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "microphone",
    "midi",
    "usb",
)
PERMISSIONS_POLICY = ", ".join(f"{feature}=()" for feature in _FEATURES)

IMMUTABLE = "public, max-age=31536000, immutable"
FLOATING = "public, max-age=300, stale-while-revalidate=86400"


def content_security_policy(api_origin: str, frame_ancestors: Sequence[str]) -> str:
    """Allows the site's own files, nothing inline, and connections to the API if it has another origin.

    ``frame_ancestors``: origins that may frame the page; ``NOBODY`` or an empty sequence allow none.
    """
    return "; ".join(
        [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self'",
            f"connect-src 'self' {api_origin}".rstrip(),
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
            f"frame-ancestors {' '.join(frame_ancestors or NOBODY)}",
        ]
    )


# A shop under `Cross-Origin-Embedder-Policy: require-corp` frames only what asks for the same of its own parts.
FRAMED: Mapping[str, str] = {
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


def page_headers(api_origin: str, frame_ancestors: Sequence[str]) -> dict[str, str]:
    """For HTML: neither a proxy nor the browser may store it, with what a payer has typed into it."""
    return {
        **EVERYWHERE,
        "Content-Security-Policy": content_security_policy(api_origin, frame_ancestors),
        "Permissions-Policy": PERMISSIONS_POLICY,
        "Cache-Control": "no-store",
    }
