using Ringwright.Sip;
using Ringwright.Sip.Messages;

namespace Ringwright.Pure.Sip;

/// <summary>Ordinary traffic: what the mutants are made from, beside the torture set.</summary>
internal static class Samples
{
    public static readonly string[] All =
    [
        Wire.Invite("Record-Route: <sip:p2.example.com;lr>, <sip:p1.example.com;lr>\nSupported: timer, 100rel\nSession-Expires: "
            + "1800;refresher=uac\nRequire: timer"),
        Wire.Invite(to: "<sip:bob@192.0.2.1>;tag=b1", cseq: 2),
        Wire.Like(Wire.Invite(to: "<sip:bob@192.0.2.1>;tag=b1"), "ACK"),
        Wire.Like(Wire.Invite(), "CANCEL"),
        Wire.Like(Wire.Invite("Reason: Q.850;cause=16;text=\"Normal call clearing\"", to: "<sip:bob@192.0.2.1>;tag=b1", cseq: 3,
            branch: "z9hG4bKbye"), "BYE"),
        Wire.Like(Wire.Invite("Contact: *\nExpires: 0"), "REGISTER"),
        """
        SIP/2.0 180 Ringing
        Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKx;rport=5060;received=192.0.2.1
        Record-Route: <sip:p2.example.com;lr>,<sip:p1.example.com;lr>
        From: <sip:bob@192.0.2.1>;tag=b
        To: "Alice" <sip:alice@192.0.2.7>;tag=a
        Call-ID: x@192.0.2.1
        CSeq: 1 INVITE
        Contact: <sip:alice@[2001:db8::7]:5070;transport=udp>
        Content-Length: 0
        """,
        """
        SIP/2.0 407 Proxy Authentication Required
        Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKx
        From: <sip:bob@192.0.2.1>;tag=b
        To: <sip:alice@192.0.2.7>;tag=a
        Call-ID: x@192.0.2.1
        CSeq: 1 INVITE
        Proxy-Authenticate: Digest realm="trunk", nonce="a, \"b\"", opaque="o", stale=FALSE, algorithm=SHA-256, qop="auth,auth-int"
        Proxy-Authenticate: Digest realm="trunk", nonce="c", algorithm=MD5
        Retry-After: 18 (soon);duration=3600
        Content-Length: 0
        """,
        """
        SIP/2.0 200 OK
        v: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKx
        f: <tel:+15550100000;phone-context=example.com>;tag=b
        t: <sip:+15550100001;npdi@192.0.2.7;user=phone>;tag=a
        i: x@192.0.2.1
        CSeq: 1 INVITE
        m: <sip:alice@192.0.2.7>
        k: timer
        x: 1800
        c: application/sdp
        l: {length}

        v=0
        o=- 1 1 IN IP4 192.0.2.7
        s=-
        c=IN IP4 192.0.2.7
        t=0 0
        m=audio 49172 RTP/AVP 0
        """,
    ];

    /// <summary>A initial INVITE of ours, complete but for the Via.</summary>
    public static SipRequest OutgoingInvite(string target = "sip:bob@192.0.2.7:5070", string callId = "call-1", uint cseq = 1) =>
        new SipRequestBuilder(SipMethod.Invite, target)
            .Add(SipHeader.From, "\"Ringwright\" <sip:+15550100000@192.0.2.1>;tag=local")
            .Add(SipHeader.To, $"<{target}>")
            .Add(SipHeader.CallId, callId)
            .Add(SipHeader.CSeq, $"{cseq} INVITE")
            .Add(SipHeader.Contact, "<sip:192.0.2.1:5060>")
            .Build();

    /// <summary>Any request of ours within a dialog, to be added to.</summary>
    public static SipRequestBuilder Request(SipMethod method) =>
        new SipRequestBuilder(method, "sip:bob@192.0.2.7:5070")
            .Add(SipHeader.From, "<sip:+15550100000@192.0.2.1>;tag=local")
            .Add(SipHeader.To, "<sip:bob@192.0.2.7>;tag=remote")
            .Add(SipHeader.CallId, "call-1")
            .Add(SipHeader.CSeq, $"2 {method.Wire().AsText()}");
}
