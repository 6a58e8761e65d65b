"""A real SMTP server with TLS and AUTH, for one test.

Prints one line of JSON when it listens (port, file of its authority), then one per message received. An address
that begins with "parti" is refused as unknown; the password "autre-code" by a code that messages may meet too. Ends when its standard input does.
"""

import base64
import json
import os
import ssl
import sys
import tempfile

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword


class Mailbox:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("parti"):
            return f"550 5.1.1 <{address}> no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        content = base64.b64encode(envelope.original_content or envelope.content).decode()
        received = {
            "to": envelope.rcpt_tos,
            "content": content,
            # A connection that is encrypted from its first byte has no STARTTLS to remember.
            "tls": sys.argv[1] == "tls" or session.ssl is not None,
            "user": session.auth_data and session.auth_data.login.decode(),
        }
        print(json.dumps(received), flush=True)
        return "250 OK"


def authenticate(server, session, envelope, mechanism, data):
    right = isinstance(data, LoginPassword) and (data.login, data.password) == (b"ami-sync", b"s3cret")
    other = isinstance(data, LoginPassword) and data.password == b"autre-code"
    message = "554 5.7.0 not today" if other else None
    return AuthResult(success=right, auth_data=data, handled=False, message=message)


def main():
    folder = tempfile.mkdtemp()
    authority = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)
    ca = os.path.join(folder, "ca.pem")
    authority.cert_pem.write_to_path(ca)
    implicit = sys.argv[1] == "tls"
    common = {
        "hostname": "localhost",
        "port": int(sys.argv[2]),
        "authenticator": authenticate,
        "auth_required": True,
        "auth_require_tls": not implicit,
        "enable_SMTPUTF8": True,
    }
    if implicit:
        server = Controller(Mailbox(), ssl_context=context, **common)
    else:
        server = Controller(Mailbox(), tls_context=context, require_starttls=True, **common)
    server.start()
    print(json.dumps({"port": server.port, "ca": ca}), flush=True)
    sys.stdin.read()
    server.stop()


main()
