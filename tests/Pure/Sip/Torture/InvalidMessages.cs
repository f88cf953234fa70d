namespace Ringwright.Pure.Sip.Torture;

/// <summary>RFC 4475 §3.1.2: broken in the grammar.</summary>
internal static class InvalidMessages
{
    public static readonly TortureCase[] All =
    [
        new("3.1.2.1", "separators with nothing between", 400, """
            INVITE sip:user@example.com SIP/2.0
            To: "Joe" <sip:joe@example.com>;;;;
            From: "Ann" <sip:ann@example.net>;;tag=1;
            Max-Forwards: 70
            Call-ID: badinv01@192.0.2.7
            CSeq: 8 INVITE
            Via: SIP/2.0/UDP 192.0.2.7;;,;,,
            Contact: <sip:joe@example.org>;;;;
            Content-Length: 0
            """),
        new("3.1.2.2", "Content-Length above what came", 400, """
            INVITE sip:user@example.com SIP/2.0
            Max-Forwards: 80
            To: sip:j.user@example.com
            From: sip:caller@example.net;tag=93
            Call-ID: clerr@192.0.2.7
            CSeq: 8 INVITE
            Via: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKclerr
            Content-Type: application/sdp
            Content-Length: 9999

            v=0
            """),
        new("3.1.2.3", "negative Content-Length", 400, """
            INVITE sip:user@example.com SIP/2.0
            Max-Forwards: 254
            To: sip:j.user@example.com
            From: sip:caller@example.net;tag=32
            Call-ID: ncl@192.0.2.7
            CSeq: 8 INVITE
            Via: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKncl
            Content-Length: -999
            """),
        new("3.1.2.4", "numbers that overflow in a request", 400, """
            REGISTER sip:example.com SIP/2.0
            Via: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKscalar
            To: <sip:user@example.com>
            From: <sip:user@example.com>;tag=2
            Call-ID: scalar02@192.0.2.7
            CSeq: 36893488147419103232 REGISTER
            Max-Forwards: 300
            Expires: 10000000000000000000000000
            Contact: <sip:user@192.0.2.7>;expires=280297596632815
            Content-Length: 0
            """),
        new("3.1.2.5", "numbers that overflow in a response", 0, """
            SIP/2.0 503 Service Unavailable
            Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKnone
            To: <sip:user@example.com>
            From: <sip:other@example.net>;tag=3
            Call-ID: scalarlg@192.0.2.7
            CSeq: 9292394834772304023312 OPTIONS
            Retry-After: 949302838503028349304023988
            Warning: 1812 overture "In Progress"
            Content-Length: 0
            """),
        new("3.1.2.6", "a quoted string that does not end", 400, """
            INVITE sip:user@example.com SIP/2.0
            To: "Mr. J. User <sip:j.user@example.com>
            From: sip:caller@example.net;tag=93
            Max-Forwards: 10
            Call-ID: quotbal@192.0.2.7
            CSeq: 8 INVITE
            Via: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKquot
            Content-Length: 0
            """),
        new("3.1.2.7", "a Request-URI in angle brackets", 400, """
            INVITE <sip:user@example.com> SIP/2.0
            To: sip:user@example.com
            From: sip:caller@example.net;tag=39
            Max-Forwards: 70
            Call-ID: ltgtruri@192.0.2.7
            CSeq: 1 INVITE
            Via: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKltgt
            Content-Length: 0
            """),
        new("3.1.2.8", "white space in the Request-URI", 400, """
            INVITE sip:user@example.com; lr SIP/2.0
            To: sip:user@example.com;tag=3
            From: sip:caller@example.net;tag=39
            Max-Forwards: 70
            Call-ID: lwsruri@192.0.2.7
            CSeq: 1 INVITE
            Via: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKlwsr
            Content-Length: 0
            """),
        new("3.1.2.9", "two spaces in the request line", 400, """
            INVITE  sip:user@example.com  SIP/2.0
            Max-Forwards: 8
            To: sip:user@example.com
            From: sip:caller@example.net;tag=8
            Call-ID: lwsstart@192.0.2.7
            CSeq: 1 INVITE
            Via: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKlwss
            Content-Length: 0
            """),
        // Malformed, and what it means is plain: phones write their ACKs so, and a lost ACK ends a call.
        new("3.1.2.10", "spaces behind the request line", 200, """
            OPTIONS sip:j.user@example.com SIP/2.0\x20\x20
            Via: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKtrws
            Max-Forwards: 70
            From: <sip:caller@example.net>;tag=8
            To: <sip:j.user@example.com>
            Call-ID: trws@192.0.2.7
            CSeq: 8 OPTIONS
            Content-Length: 0
            """),
        new("3.1.2.11", "headers in the Request-URI", 400, """
            INVITE sip:user@example.com?Route=%3Csip:example.com%3E SIP/2.0
            To: sip:user@example.com
            From: sip:caller@example.net;tag=341
            Max-Forwards: 7
            Contact: <sip:caller@192.0.2.7>
            Call-ID: escruri@192.0.2.7
            CSeq: 1 INVITE
            Via: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKescr
            Content-Length: 0
            """),
        // The RFC lets an element that does not use Date overlook it.
        new("3.1.2.12", "a Date in local time", 200, """
            INVITE sip:user@example.com SIP/2.0
            To: sip:user@example.com
            From: sip:caller@example.net;tag=2234
            Max-Forwards: 70
            Call-ID: baddate@192.0.2.7
            CSeq: 1 INVITE
            Via: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKdate
            Date: Fri, 01 Jan 2010 16:00:00 EST
            Contact: <sip:caller@192.0.2.7>
            Content-Length: 0
            """),
        new("3.1.2.13", "a Contact with URI headers and no angle brackets", 400, """
            REGISTER sip:example.com SIP/2.0
            To: sip:user@example.com
            From: sip:user@example.com;tag=998
            Max-Forwards: 70
            Call-ID: regbadct@192.0.2.7
            Contact: sip:user@example.com?Route=%3Csip:sip.example.com%3E
            CSeq: 101 REGISTER
            Via: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKregb
            l: 0
            """),
        new("3.1.2.14", "spaces between angle bracket and URI", 400, """
            OPTIONS sip:user@example.org SIP/2.0
            Via: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKspec
            Max-Forwards: 70
            From: "Bell, Alex" <sip:a.g.bell@example.com>;tag=43
            To: "Watson, Thomas" < sip:t.watson@example.org >
            Call-ID: badaspec@192.0.2.7
            CSeq: 31 OPTIONS
            Content-Length: 0
            """),
        // The RFC allows to be lenient here, and many phones need it.
        new("3.1.2.15", "a display name with characters that want quotes", 200, """
            OPTIONS sip:t.watson@example.org SIP/2.0
            Via: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKbaddn
            Max-Forwards: 70
            From: Bell, Alexander <sip:a.g.bell@example.com>;tag=43
            To: Watson, Thomas <sip:t.watson@example.org>
            Call-ID: baddn@192.0.2.7
            CSeq: 31 OPTIONS
            Content-Length: 0
            """),
        new("3.1.2.16", "another version of the protocol", 505, """
            OPTIONS sip:t.watson@example.org SIP/7.0
            Via: SIP/7.0/UDP 192.0.2.7;branch=z9hG4bKvers
            Max-Forwards: 70
            From: A. Bell <sip:a.g.bell@example.com>;tag=qweoiqpe
            To: T. Watson <sip:t.watson@example.org>
            Call-ID: badvers@192.0.2.7
            CSeq: 1 OPTIONS
            Content-Length: 0
            """),
        new("3.1.2.17", "CSeq names another method", 400, """
            OPTIONS sip:user@example.com SIP/2.0
            To: sip:j.user@example.com
            From: sip:caller@example.net;tag=34525
            Max-Forwards: 6
            Call-ID: mismatch01@192.0.2.7
            CSeq: 8 INVITE
            Via: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKmis1
            l: 0
            """),
        new("3.1.2.18", "CSeq names another method than an unknown one", 400, """
            NEWMETHOD sip:user@example.com SIP/2.0
            To: sip:j.user@example.com
            From: sip:caller@example.net;tag=34525
            Max-Forwards: 6
            Call-ID: mismatch02@192.0.2.7
            CSeq: 8 INVITE
            Contact: <sip:caller@192.0.2.7>
            Via: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKmis2
            l: 0
            """),
        new("3.1.2.19", "a status code of ten digits", 0, """
            SIP/2.0 4294967301 better not break the receiver
            Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKnone
            Call-ID: bigcode@192.0.2.7
            CSeq: 353494 INVITE
            From: <sip:user@example.com>;tag=39ansfi3
            To: <sip:user@example.edu>;tag=902jndnke3
            Content-Length: 0
            """),
    ];
}
