using System.Text;

namespace Ringwright.Pure.Sip.Sdp;

/// <summary>Session descriptions in the manner of other stacks; all addresses and ids are made up.</summary>
internal static class SdpTexts
{
    /// <summary>An Asterisk (PJSIP) offer: several codecs, maxptime.</summary>
    public const string Asterisk = """
        v=0
        o=- 1843507913 1843507913 IN IP4 192.0.2.10
        s=Asterisk
        c=IN IP4 192.0.2.10
        t=0 0
        m=audio 14286 RTP/AVP 8 0 9 101
        a=rtpmap:8 PCMA/8000
        a=rtpmap:0 PCMU/8000
        a=rtpmap:9 G722/8000
        a=rtpmap:101 telephone-event/8000
        a=fmtp:101 0-16
        a=ptime:20
        a=maxptime:140
        a=sendrecv
        """;

    /// <summary>A FreeSWITCH offer: two telephone-events, opus first, comfort noise.</summary>
    public const string FreeSwitch = """
        v=0
        o=FreeSWITCH 1708339201 1708339202 IN IP4 198.51.100.7
        s=FreeSWITCH
        c=IN IP4 198.51.100.7
        t=0 0
        m=audio 21134 RTP/AVP 102 9 0 8 103 101 13
        a=rtpmap:102 opus/48000/2
        a=fmtp:102 useinbandfec=1; maxaveragebitrate=30000; maxplaybackrate=48000; ptime=20; minptime=10; maxptime=40
        a=rtpmap:9 G722/8000
        a=rtpmap:0 PCMU/8000
        a=rtpmap:8 PCMA/8000
        a=rtpmap:103 telephone-event/48000
        a=fmtp:103 0-16
        a=rtpmap:101 telephone-event/8000
        a=fmtp:101 0-16
        a=ptime:20
        """;

    /// <summary>A Cisco gateway: static types without rtpmap for G.729 and PCMU, named events 0-15.</summary>
    public const string Cisco = """
        v=0
        o=CiscoSystemsSIP-GW-UserAgent 8186 2612 IN IP4 203.0.113.4
        s=SIP Call
        c=IN IP4 203.0.113.4
        t=0 0
        m=audio 17872 RTP/AVP 18 0 101
        c=IN IP4 203.0.113.4
        a=rtpmap:101 telephone-event/8000
        a=fmtp:101 0-15
        """;

    /// <summary>A Linphone desktop with video and AVPF feedback lines.</summary>
    public const string LinphoneVideo = """
        v=0
        o=alice 3021 1187 IN IP4 192.0.2.44
        s=Talk
        c=IN IP4 192.0.2.44
        b=AS:380
        t=0 0
        a=rtcp-xr:rcvr-rtt=all:10000 stat-summary=loss,dup,jitt,TTL voip-metrics
        m=video 9078 RTP/AVP 96
        a=rtpmap:96 VP8/90000
        m=audio 7078 RTP/AVP 97 0 8 98
        a=rtpmap:97 speex/16000
        a=rtpmap:98 telephone-event/8000
        a=rtcp:7099
        """;

    /// <summary>A browser: DTLS-SRTP only.</summary>
    public const string Browser = """
        v=0
        o=- 4611731400430051336 2 IN IP4 127.0.0.1
        s=-
        t=0 0
        a=group:BUNDLE 0
        a=msid-semantic: WMS
        m=audio 9 UDP/TLS/RTP/SAVPF 111 9 0 8 110 126
        c=IN IP4 0.0.0.0
        a=rtcp:9 IN IP4 0.0.0.0
        a=ice-ufrag:khLS
        a=ice-pwd:cxLzteJaJBou3DspNaPsJhlQ
        a=fingerprint:sha-256 AB:CD:EF
        a=setup:actpass
        a=mid:0
        a=sendrecv
        a=rtcp-mux
        a=rtpmap:111 opus/48000/2
        a=rtpmap:9 G722/8000
        a=rtpmap:0 PCMU/8000
        a=rtpmap:8 PCMA/8000
        a=rtpmap:110 telephone-event/48000
        a=rtpmap:126 telephone-event/8000
        """;

    /// <summary>A desk phone that offers SRTP first and plain RTP second.</summary>
    public const string SecureThenPlain = """
        v=0
        o=root 711 711 IN IP4 192.0.2.60
        s=call
        c=IN IP4 192.0.2.60
        t=0 0
        m=audio 52420 RTP/SAVP 0 101
        a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:bm90IGEga2V5IG5vdCBhIGtleSBub3QgYSBrZXkh
        a=rtpmap:0 PCMU/8000
        a=rtpmap:101 telephone-event/8000
        m=audio 52422 RTP/AVP 0 101
        a=rtpmap:0 PCMU/8000
        a=rtpmap:101 telephone-event/8000
        """;

    /// <summary>Hold as older phones say it: the address 0.0.0.0.</summary>
    public const string OldHold = """
        v=0
        o=phone 77 79 IN IP4 192.0.2.9
        s=-
        c=IN IP4 0.0.0.0
        t=0 0
        m=audio 4000 RTP/AVP 0 101
        a=rtpmap:101 telephone-event/8000
        """;

    /// <summary>A fax machine.</summary>
    public const string Fax = """
        v=0
        o=fax 1 1 IN IP4 192.0.2.70
        s=-
        c=IN IP4 192.0.2.70
        t=0 0
        m=image 4500 udptl t38
        a=T38FaxVersion:0
        a=T38FaxRateManagement:transferredTCF
        """;

    /// <summary>IPv6, capitals in the encoding names, a channel count.</summary>
    public const string Ipv6 = """
        v=0
        o=- 9 9 IN IP6 2001:db8::5
        s=-
        c=IN IP6 2001:db8::5
        t=0 0
        m=audio 30000 RTP/AVP 8 96
        a=rtpmap:8 pcma/8000/1
        a=rtpmap:96 TELEPHONE-EVENT/8000
        """;

    public static readonly IReadOnlyList<string> All = [Asterisk, FreeSwitch, Cisco, LinphoneVideo, Browser,
        SecureThenPlain, OldHold, Fax, Ipv6];

    /// <summary>With the line ends of the wire.</summary>
    public static byte[] Wire(string text) => Encoding.Latin1.GetBytes(text.ReplaceLineEndings("\r\n") + "\r\n");

    public static string Text(ReadOnlyMemory<byte> body) =>
        Encoding.Latin1.GetString(body.Span).Replace("\r\n", "\n", StringComparison.Ordinal).TrimEnd('\n');
}
