"""A mail server for the tests, on the loopback address: aiosmtpd with scripted refusals.

Prints "port N" when it listens, then each mail it took as one line of JSON. The local part of a recipient decides what
happens to it: refused (550), later (451), greylist (450), nodata (554 after the data), busydata (452 after the data),
drop (connection closed in the middle of the data), silent (never answered).
"""

import argparse
import asyncio
import base64
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

RCPT = {
    "refused": "550 5.1.1 no such mailbox",
    "later": "451 4.3.0 try again later",
    "greylist": "450 4.2.0 greylisted",
}
DATA = {
    "nodata": "554 5.6.0 content refused",
    "busydata": "452 4.3.1 disk full",
}


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        name = address.split("@")[0]
        if name == "silent":
            await asyncio.sleep(600)
        if name in RCPT:
            return RCPT[name]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        for address in envelope.rcpt_tos:
            name = address.split("@")[0]
            if name == "dropafter":
                server.transport.abort()
                await asyncio.sleep(600)
            if name in DATA:
                return DATA[name]
        print(
            json.dumps(
                {
                    "From": envelope.mail_from,
                    "To": envelope.rcpt_tos,
                    "IsEncrypted": session.ssl is not None or server.transport.get_extra_info("sslcontext") is not None,
                    "User": session.auth_data.login.decode() if session.authenticated else None,
                    "Content": base64.b64encode(envelope.original_content).decode(),
                }
            ),
            flush=True,
        )
        return "250 OK"


class Dropping(SMTP):
    """Closes the connection when the data begins to come for a recipient called drop."""

    async def smtp_DATA(self, arg):
        if any(address.startswith("drop@") for address in self.envelope.rcpt_tos):
            await self.push("354 End data with <CR><LF>.<CR><LF>")
            await self._reader.readline()
            self.transport.abort()
            return
        await super().smtp_DATA(arg)


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--cert")
    parser.add_argument("--key")
    parser.add_argument("--tls", choices=["none", "start", "implicit"], default="none")
    parser.add_argument("--user")
    parser.add_argument("--password")
    parser.add_argument("--size", type=int, default=64 << 20)
    arguments = parser.parse_args()

    context = None
    if arguments.cert:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(arguments.cert, arguments.key)

    def authenticate(server, session, envelope, mechanism, data):
        if not isinstance(data, LoginPassword):
            return AuthResult(success=False, handled=False)
        if data.password == b"overloaded":
            return AuthResult(success=False, handled=False, message="454 4.7.0 temporary authentication failure")
        good = data.login.decode() == arguments.user and data.password.decode() == arguments.password
        return AuthResult(success=good, handled=False, auth_data=data)

    def factory():
        return Dropping(
            Handler(),
            hostname="localhost",
            data_size_limit=arguments.size,
            enable_SMTPUTF8=True,
            tls_context=context if arguments.tls == "start" else None,
            require_starttls=arguments.tls == "start",
            authenticator=authenticate if arguments.user else None,
            auth_required=bool(arguments.user),
            auth_require_tls=arguments.tls == "start",
        )

    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        factory, "127.0.0.1", 0, ssl=context if arguments.tls == "implicit" else None
    )
    print("port", server.sockets[0].getsockname()[1], flush=True)

    # Ends with the test process, however that ends.
    await loop.run_in_executor(None, sys.stdin.read)


asyncio.run(main())
