"""A real Matrix homeserver (Synapse) with one user in one room, for one test.

Prints one line of JSON when it answers (its address, the token, the room). Then, at each line on its standard
input, prints the messages of the room as one line of JSON. Ends when its standard input does.
"""

import json
import pathlib
import secrets
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

folder = pathlib.Path(tempfile.mkdtemp())
port = int(sys.argv[1])
base = f"http://127.0.0.1:{port}"


def ask(method, path, body=None, token=None):
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(base + path, data=data, headers=headers, method=method)
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer)


config = {
    "server_name": "localhost",
    "pid_file": str(folder / "pid"),
    "listeners": [
        {"port": port, "type": "http", "bind_addresses": ["127.0.0.1"], "resources": [{"names": ["client"]}]}
    ],
    "database": {"name": "sqlite3", "args": {"database": str(folder / "homeserver.db")}},
    "media_store_path": str(folder / "media"),
    "signing_key_path": str(folder / "signing.key"),
    "registration_shared_secret": secrets.token_hex(),
    "enable_registration": False,
    "report_stats": False,
    "trusted_key_servers": [],
    "log_config": None,
}
(folder / "homeserver.yaml").write_text(json.dumps(config))
command = [sys.executable, "-m", "synapse.app.homeserver", "-c", str(folder / "homeserver.yaml")]
subprocess.run([*command, "--generate-keys"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder)
try:
    for _ in range(300):
        try:
            ask("GET", "/_matrix/client/versions")
            break
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)
    register = pathlib.Path(sys.executable).parent / "register_new_matrix_user"
    subprocess.run(
        [register, "-u", "ami", "-p", "pass", "--no-admin", "-c", str(folder / "homeserver.yaml"), base],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    login = {"type": "m.login.password", "identifier": {"type": "m.id.user", "user": "ami"}, "password": "pass"}
    token = ask("POST", "/_matrix/client/v3/login", login)["access_token"]
    room = ask("POST", "/_matrix/client/v3/createRoom", {"name": "alertes"}, token)["room_id"]
    print(json.dumps({"homeserver": base, "token": token, "room_id": room}), flush=True)
    for _ in sys.stdin:
        found = ask("GET", f"/_matrix/client/v3/rooms/{room}/messages?dir=f&limit=100", token=token)
        messages = [one["content"] for one in found["chunk"] if one["type"] == "m.room.message"]
        print(json.dumps(messages), flush=True)
finally:
    server.terminate()
    server.wait(20)
