"""Verifies a webhook with the library of the specification's authors, written apart from ours.

Reads one line of JSON (secret, headers, body in base64), prints "verified", or fails.
"""

import base64
import json
import sys

from standardwebhooks.webhooks import Webhook

asked = json.loads(sys.stdin.readline())
body = base64.b64decode(asked["body"]).decode()
Webhook(asked["secret"]).verify(body, asked["headers"])
print("verified")
