"""An RTSP server by GStreamer: `/usr/bin/python3 rtsp_server.py PORT [PASSWORD]`, loopback only.

`/live` is H.264 of 640x360 with sound of its own. Runs with Debian's Python, which has `gi`.
"""

from __future__ import annotations

import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402 - versions come first

PIPELINE = (
    "( videotestsrc is-live=true pattern=ball ! video/x-raw,width=640,height=360,framerate=15/1 "
    "! x264enc tune=zerolatency speed-preset=ultrafast key-int-max=15 ! rtph264pay name=pay0 pt=96 "
    "audiotestsrc is-live=true ! alawenc ! rtppcmapay name=pay1 pt=8 )"
)


def main() -> None:
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(sys.argv[1])
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(PIPELINE)
    factory.set_shared(True)
    if len(sys.argv) > 2:
        token = GstRtspServer.RTSPToken()
        token.set_string("media.factory.role", "contestant")
        auth = GstRtspServer.RTSPAuth()
        basic = GstRtspServer.RTSPAuth.make_basic("admin", sys.argv[2])
        auth.add_basic(basic, token)
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.BASIC)
        server.set_auth(auth)
        access = Gst.Structure.new_from_string(
            "contestant, media.factory.access=(boolean)true, media.factory.construct=(boolean)true"
        )
        factory.add_role_from_structure(access)
    server.get_mount_points().add_factory("/live", factory)
    server.attach(None)
    GLib.MainLoop().run()


if __name__ == "__main__":
    main()
