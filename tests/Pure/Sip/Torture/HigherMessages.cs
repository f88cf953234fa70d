namespace Ringwright.Pure.Sip.Torture;

/// <summary>RFC 4475 §3.2 to §3.4: right in the grammar, interesting above it.</summary>
internal static class HigherMessages
{
    public static readonly TortureCase[] All =
    [
        // Nothing behind the magic cookie: matched as an RFC 2543 request.
        new("3.2.1", "a branch that is only the cookie", 200, """
            OPTIONS sip:user@example.com SIP/2.0
            To: sip:user@example.com
            From: sip:caller@example.org;tag=33242
            Max-Forwards: 3
            Via: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bK
            Accept: application/sdp
            Call-ID: badbranch@192.0.2.7
            CSeq: 8 OPTIONS
            l: 0
            """),
        new("3.3.1", "From, To and Call-ID are missing", 400, """
            INVITE sip:user@example.com SIP/2.0
            CSeq: 193942 INVITE
            Via: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKinsuf
            Content-Type: application/sdp
            l: 0
            """),
        new("3.3.1", "only To is missing", 400, """
            INVITE sip:user@example.com SIP/2.0
            CSeq: 193942 INVITE
            From: <sip:caller@example.net>;tag=1
            Call-ID: insuf2@192.0.2.7
            Via: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKinsuf2
            l: 0
            """),
        new("3.3.2", "a Request-URI of an unknown scheme", 416, """
            OPTIONS nobodyKnowsThisScheme:totallyopaquecontent SIP/2.0
            To: sip:user@example.com
            From: sip:caller@example.net;tag=384
            Max-Forwards: 3
            Call-ID: unkscm@192.0.2.7
            CSeq: 3923423 OPTIONS
            Via: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKunks
            Content-Length: 0
            """),
        new("3.3.3", "a Request-URI of a scheme that is known for other things", 416, """
            OPTIONS soap.beep://192.0.2.103:3002 SIP/2.0
            To: sip:user@example.com
            From: sip:caller@example.net;tag=384
            Max-Forwards: 3
            Call-ID: novelsc@192.0.2.7
            CSeq: 3923423 OPTIONS
            Via: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKnovel
            Content-Length: 0
            """),
        new("3.3.4", "unknown schemes in To, From and Contact", 200, """
            REGISTER sip:example.com SIP/2.0
            To: isbn:2983792873
            From: <http://www.example.com>;tag=3234233
            Call-ID: unksm2@192.0.2.7
            CSeq: 234902 REGISTER
            Max-Forwards: 70
            Via: SIP/2.0/UDP 192.0.2.7:21;branch=z9hG4bKunk2
            Contact: <name:John_Smith>
            l: 0
            """),
        new("3.3.5", "Require and Proxy-Require of unknown options", 420, """
            OPTIONS sip:user@example.com SIP/2.0
            To: sip:j_user@example.com
            From: sip:caller@example.net;tag=242etr
            Max-Forwards: 6
            Call-ID: bext01@192.0.2.7
            Require: nothingSupportsThis, nothingSupportsThisEither
            Proxy-Require: noProxiesSupportThis, norDoAnyProxiesSupportThis
            CSeq: 8 OPTIONS
            Via: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKbext
            Content-Length: 0
            """),
        new("3.3.6", "a body of an unknown type", 415, """
            INVITE sip:user@example.com SIP/2.0
            Contact: <sip:caller@192.0.2.7>
            To: sip:j.user@example.com
            From: sip:caller@example.net;tag=8392034
            Max-Forwards: 70
            Call-ID: invut@192.0.2.7
            CSeq: 235448 INVITE
            Via: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKinvut
            Content-Type: application/unknownformat
            Content-Length: {length}

            <audio>
             <pcmu port="443"/>
            </audio>
            """),
        // The registrar will challenge it; the message itself is right.
        new("3.3.7", "credentials of an unknown scheme", 200, """
            REGISTER sip:example.com SIP/2.0
            To: sip:j.user@example.com
            From: sip:j.user@example.com;tag=87321hj23128
            Max-Forwards: 8
            Call-ID: regaut01@192.0.2.7
            CSeq: 9338 REGISTER
            Via: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKrega
            Authorization: NoOneKnowsThisScheme opaque-data=here
            Content-Length:0
            """),
        new("3.3.8", "several values where one must be", 400, """
            INVITE sip:user@company.example.com SIP/2.0
            Contact: <sip:caller@192.0.2.7>
            Via: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKmulti
            To: sip:user@company.example.com
            To: sip:other@company.example.com
            From: sip:caller@example.net;tag=1
            From: sip:caller2@example.net;tag=2
            Call-ID: multi01@192.0.2.7
            Call-ID: multi01b@192.0.2.7
            CSeq: 5 INVITE
            CSeq: 59 INVITE
            Max-Forwards: 70
            Content-Length: 0
            """),
        new("3.3.9", "Content-Length twice", 400, """
            OPTIONS sip:user@example.com SIP/2.0
            Via: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKmcl01
            To: sip:j.user@example.com
            From: sip:caller@example.net;tag=3
            Max-Forwards: 70
            Call-ID: mcl01@192.0.2.7
            CSeq: 8 OPTIONS
            Content-Length: 13
            Content-Length: 5
            Content-Type: text/plain

            There's no way to know how many octets are supposed to be here.
            """),
        // A response whose branch we never minted is nobody's, wherever its Via points.
        new("3.3.10", "a 200 whose Via is the broadcast address", 0, """
            SIP/2.0 200 OK
            Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKbcast
            Via: SIP/2.0/UDP 255.255.255.255;branch=z9hG4bKall
            Call-ID: bcast@192.0.2.7
            CSeq: 35 INVITE
            From: <sip:user@example.com>;tag=11141343
            To: <sip:user@example.edu>;tag=2229
            Contact: <sip:user@host28.example.com>
            Content-Length: 0
            """),
        // A user agent server answers; only a proxy refuses with 483.
        new("3.3.11", "Max-Forwards is zero", 200, """
            OPTIONS sip:user@example.com SIP/2.0
            To: sip:user@example.com
            From: sip:caller@example.net;tag=3ghsd41
            Call-ID: zeromf@192.0.2.7
            CSeq: 39234321 OPTIONS
            Via: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKzero
            Max-Forwards: 0
            Content-Length: 0
            """),
        new("3.3.12", "a Contact parameter outside the brackets", 200, """
            REGISTER sip:example.com SIP/2.0
            Via: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKcp1
            Max-Forwards: 70
            From: sip:watson@example.com;tag=DkfVgjkrtMwaerKKpe
            To: sip:watson@example.com
            Call-ID: cparam01@192.0.2.7
            CSeq: 2 REGISTER
            Contact: sip:+19725552222@gw1.example.net;unknownparam
            l: 0
            """),
        new("3.3.13", "a URI parameter inside the brackets", 200, """
            REGISTER sip:example.com SIP/2.0
            Via: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKcp2
            Max-Forwards: 70
            From: sip:watson@example.com;tag=838293
            To: sip:watson@example.com
            Call-ID: cparam02@192.0.2.7
            CSeq: 3 REGISTER
            Contact: <sip:+19725552222@gw1.example.net;unknownparam>
            l: 0
            """),
        new("3.3.14", "escaped URI headers in a Contact", 200, """
            REGISTER sip:example.com SIP/2.0
            To: sip:user@example.com
            From: sip:user@example.com;tag=8
            Max-Forwards: 70
            Call-ID: regescrt@192.0.2.7
            CSeq: 14398234 REGISTER
            Via: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKrege
            M: <sip:user@example.com?Route=%3Csip:sip.example.com%3E>
            L:0
            """),
        new("3.3.15", "an Accept that leaves no answer", 406, """
            INVITE sip:user@example.com SIP/2.0
            To: sip:j_user@example.com
            Contact: <sip:caller@192.0.2.7>
            From: sip:caller@example.net;tag=234
            Max-Forwards: 5
            Call-ID: sdp01@192.0.2.7
            Content-Type: application/sdp
            CSeq: 8 INVITE
            Via: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKsdp01
            Accept: text/nobodyKnowsThis
            Content-Length: {length}

            v=0
            o=- 1 1 IN IP4 192.0.2.7
            s=-
            c=IN IP4 192.0.2.7
            t=0 0
            m=audio 49172 RTP/AVP 0
            """),
        new("3.4.1", "an INVITE of RFC 2543", 200, """
            INVITE sip:UserB@example.com SIP/2.0
            Via: SIP/2.0/UDP iftgw.example.com
            From: <sip:+13035551111@ift.client.example.net;user=phone>
            Record-Route: <sip:UserB@example.com;maddr=ss1.example.com>
            To: sip:+16505552222@ss1.example.net;user=phone
            Call-ID: inv2543.1717@ift.client.example.com
            CSeq: 56 INVITE
            Content-Type: application/sdp
            Content-Length: {length}

            v=0
            o=- 1 1 IN IP4 192.0.2.7
            s=-
            c=IN IP4 192.0.2.7
            t=0 0
            m=audio 3456 RTP/AVP 0
            """),
    ];
}
