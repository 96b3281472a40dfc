"""Registries on loopback, with answers in the form of the real ones: WHOIS as for .jp, in English where the
question ends in /e and in Japanese (ISO-2022-JP) else; RDAP over TLS for domains and addresses, as RFC 9083 has
it, with everything around what matters. All names are invented.

    python3 registries.py WHOIS_PORT RDAP_PORT OTHER_RDAP_PORT CERTIFICATE KEY LOG
"""

import http.server
import json
import socketserver
import ssl
import sys
import threading

whois_port, rdap_port, other_port = (int(word) for word in sys.argv[1:4])
certificate, key, log = sys.argv[4:]

ENGLISH = """\
[ This registry database provides information on network administration. Its  ]
[ use is restricted to network administration purposes. For further           ]
[ information, ask for 'help'. To suppress Japanese output, add '/e' at the   ]
[ end of the question, e.g. 'xxx/e'.                                          ]
Domain Information:
[Domain Name]                   EXAMPLE.JP

[Registrant]                    Example Medical Systems

[Name Server]                   ns1.example.jp
[Name Server]                   ns2.example.jp
[Signing Key]                   12345 8 2 (
                                00112233445566778899AABBCCDDEEFF
                                00112233445566778899AABBCCDDEEFF )

[Created on]                    2003/05/15
[Expires on]                    2099/05/31
[Status]                        Active
[Lock Status]                   AgentChangeLocked
[Last Updated]                  2026/06/01 01:05:04 (JST)

Contact Information:
[Name]                          Example Medical Systems
[Email]                         registry@example.jp
[Web Page]
[Postal code]                   100-0000
[Postal Address]                Example Building
                                1-1 Example
[Phone]                         03-0000-0000
[Fax]

"""

JAPANESE = """\
[ データベースの情報は、ネットワークの管理のために公開されています。            ]
[ 英語で見るには、問い合わせの最後に '/e' を付けてください。                    ]

Domain Information: [ドメイン情報]
a. [ドメイン名]                 EXAMPLE.OR.JP
e. [そしきめい]                 みほんいりょうほうじん
f. [組織名]                     見本医療法人
g. [Organization]               Example Medical Corporation
k. [組織種別]                   医療法人
l. [Organization Type]          Medical Corporation
m. [登録担当者]                 XX0000JP
n. [技術連絡担当者]             XX0000JP
p. [ネームサーバ]               ns1.example.or.jp
s. [署名鍵]
[状態]                          Connected (2099/03/31)
[ロック状態]                    AgentChangeLocked
[登録年月日]                    2000/03/24
[接続年月日]                    2000/04/03
[最終更新]                      2026/04/01 01:02:03 (JST)

"""

DOMAIN = {
    "objectClassName": "domain",
    "handle": "2336799_DOMAIN_COM-VRSN",
    "ldhName": "EXAMPLE.COM",
    "links": [{"value": "https://localhost/v1/domain/EXAMPLE.COM", "rel": "self", "type": "application/rdap+json",
               "href": "https://localhost/v1/domain/EXAMPLE.COM"}],
    "status": ["client delete prohibited", "client transfer prohibited", "client update prohibited"],
    "entities": [{"objectClassName": "entity", "handle": "9999", "roles": ["registrar"],
                  "publicIds": [{"type": "IANA Registrar ID", "identifier": "9999"}],
                  "vcardArray": ["vcard", [["version", {}, "text", "4.0"], ["fn", {}, "text", "Example Registrar"]]],
                  "events": [{"eventAction": "expiration", "eventDate": "2001-01-01T00:00:00Z"}],
                  "entities": [{"objectClassName": "entity", "roles": ["abuse"]}]}],
    "events": [{"eventAction": "registration", "eventDate": "1995-08-14T04:00:00Z"},
               {"eventAction": "expiration", "eventDate": "2099-08-13T04:00:00Z"},
               {"eventAction": "last update of RDAP database", "eventDate": "2026-11-20T01:02:03Z"}],
    "secureDNS": {"delegationSigned": True},
    "nameservers": [{"objectClassName": "nameserver", "ldhName": "NS1.EXAMPLE.COM", "status": ["active"]}],
    "rdapConformance": ["rdap_level_0", "icann_rdap_technical_implementation_guide_0"],
    "notices": [{"title": "Terms of Use", "description": ["Service subject to terms of use."]}],
}

NETWORK = {
    "objectClassName": "ip network",
    "handle": "192.0.2.0 - 192.0.2.255",
    "startAddress": "192.0.2.0",
    "endAddress": "192.0.2.255",
    "ipVersion": "v4",
    "name": "EXAMPLE-NET",
    "type": "ASSIGNED PORTABLE",
    "country": "JP",
    "status": ["active"],
    "events": [{"eventAction": "registration", "eventDate": "2010-01-01T00:00:00Z"}],
    "entities": [{"objectClassName": "entity", "handle": "EX1-AP", "roles": ["administrative", "technical"]}],
    "cidr0_cidrs": [{"v4prefix": "192.0.2.0", "length": 24}],
    "rdapConformance": ["history_version_0", "nro_rdap_profile_0", "cidr0", "rdap_level_0"],
}

NOT_FOUND = {"errorCode": 404, "title": "Not Found", "rdapConformance": ["rdap_level_0"]}


def note(word):
    with open(log, "a", encoding="utf-8") as file:
        file.write(word + "\n")


class Whois(socketserver.StreamRequestHandler):
    def handle(self):
        asked = self.rfile.readline(200).decode("ascii", "replace").strip()
        note("whois " + asked)
        name, _, flag = asked.lower().partition("/")
        if name == "example.jp" and flag == "e":
            answer = ENGLISH.encode("ascii")
        elif name == "example.or.jp":
            answer = JAPANESE.encode("iso2022_jp")
        else:
            answer = b"No match!!\n"
        self.wfile.write(answer.replace(b"\n", b"\r\n"))


class Rdap(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        port = self.server.server_address[1]
        note(f"rdap {port} {self.path}")
        body, status, sent_to = NOT_FOUND, 404, None
        if self.path == "/v1/domain/example.com":
            body, status = DOMAIN, 200
        elif self.path.startswith("/ip/") and port == rdap_port:
            # Given out by another registry, which is asked then.
            body, status, sent_to = {}, 301, f"https://localhost:{other_port}{self.path}"
        elif self.path == "/ip/192.0.2.10":
            body, status = NETWORK, 200
        raw = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/rdap+json")
        self.send_header("Content-Length", str(len(raw)))
        if sent_to:
            self.send_header("Location", sent_to)
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_):
        pass


def serve(server):
    threading.Thread(target=server.serve_forever, daemon=True).start()


socketserver.ThreadingTCPServer.allow_reuse_address = True
serve(socketserver.ThreadingTCPServer(("127.0.0.1", whois_port), Whois))
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)
for port in (rdap_port, other_port):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Rdap)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    serve(server)
print("ready", flush=True)
threading.Event().wait()
