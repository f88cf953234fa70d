namespace Ringwright.Pure.Sip.Torture;

/// <summary>RFC 4475 §3.1.1: strange, and right.</summary>
internal static class ValidMessages
{
    public static readonly TortureCase[] All =
    [
        new("3.1.1.1", "folding, compact forms, white space everywhere", 200, """
            INVITE sip:sales@pbx.example.com;unknown=param SIP/2.0
            tO :
             sip:sales@pbx.example.com ;   tag    = 887766
            fRoM   : "A \\ \"quoted\" caller"       <sip:caller@example.org>
              ;
              tag = t-1
            mAx-FoRwArDs: 0070
            cAlL-iD: short.and.twisted@192.0.2.7
            CONTENT-length    : {length}
            cSeQ: 0009
              INVITE
            v:  SIP  / 2.0
             /UDP
                192.0.2.7;branch=z9hG4bK-one
            s :
            UnheardOfHeader:   one value
             that goes on
            AnotherHeader: ;;,,;;,;
            c: application/sdp
            Route:
             <sip:edge.example.com;lr;flag;other=value>
            v:  SIP  / 2.0  / TCP     middle.example.com   ;
              branch  =   z9hG4bK-two  ,
             SIP  /    2.0   / UDP  192.0.2.99   ; branch=
             z9hG4bK-three
            m:"A \"\" name" <sip:caller@example.org> ; extra =
                  value ;
              more ; q = 0.33

            v=0
            o=- 1 1 IN IP4 192.0.2.7
            s=-
            c=IN IP4 192.0.2.7
            t=0 0
            m=audio 49172 RTP/AVP 0
            """),
        new("3.1.1.2", "every character a token, a user and a quoted string may have", 501, """
            odd-Method!01*_+`.%'~ sip:1_plain.!~*'()&=+$,;?/%20user:pass*'&$=+,!.~_-@host.example.com;param=1;p_a.r-a!m SIP/2.0
            Via: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bK.!%26*_+`'~
            To: "BEL:\\x07 NUL:\\x00 DEL:\\x7F" <sip:1_plain.!~*'()&=+$,;?/%20user@example.com>
            From: t.o-k!e%n*_+`'~ tok2 <sip:person@example.com> ; *p.ar+a`m'e~ter="\xC3\xBC text"; tag=_token~1'+`*%!.-
            Call-ID: word%ZK-!.*_+'@word`~)(><:\/"][?}{
            CSeq: 13 odd-Method!01*_+`.%'~
            Max-Forwards: 255
            extension!Header-.%*+_`'~: \xEF\xBB\xBFtext \xE5\xA4\xA7
            Content-Length: 0
            """),
        new("3.1.1.3", "escapes in URIs", 200, """
            INVITE sip:sips%3Auser%40example.com@host.example.net SIP/2.0
            To: <sip:%75ser@host.example.net>
            From: <sip:I%20have%20spaces@example.net>;tag=1
            Max-Forwards: 87
            Call-ID: esc-1@192.0.2.7
            CSeq: 1 INVITE
            Via: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKesc1
            Contact: <sip:me%2A@192.0.2.7;transport=udp>, <sip:%73%6a@192.0.2.7>
            Content-Length: 0
            """),
        new("3.1.1.4", "escaped zero bytes in URIs", 200, """
            REGISTER sip:example.com SIP/2.0
            To: <sip:null-%00-null@example.com>
            From: <sip:null-%00-null@example.com>;tag=1
            Max-Forwards: 70
            Call-ID: escnull@192.0.2.7
            CSeq: 1 REGISTER
            Via: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKnull
            Contact: <sip:%00@192.0.2.7>
            Contact: <sip:%00%00@192.0.2.7>
            L:0
            """),
        new("3.1.1.5", "percent signs that escape nothing", 501, """
            RE%47IST%45R sip:registrar.example.com SIP/2.0
            To: "%Z%45" <sip:resource@example.com>
            From: "%Z%45" <sip:resource@example.com>;tag=f1
            Call-ID: esc02@192.0.2.7
            Max-Forwards: 70
            CSeq: 29 RE%47IST%45R
            Via: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bK2%20
            C%6Fntact: <sip:alias@192.0.2.7>
            Contact: <sip:alias@192.0.2.7>;note=%5
            l: 0
            """),
        new("3.1.1.6", "no white space between name and angle bracket", 200, """
            OPTIONS sip:user@example.com SIP/2.0
            To: sip:user@example.com
            From: caller<sip:caller@example.com>;tag=33
            Max-Forwards: 70
            Call-ID: lwsdisp@192.0.2.7
            CSeq: 60 OPTIONS
            Via: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKlws
            l: 0
            """),
        new("3.1.1.7", "long values", 200, $"""
            INVITE sip:user@example.com SIP/2.0
            To: "{new string('a', 800)} user" <sip:user@example.com>
            From: <sip:{new string('b', 300)}@{new string('c', 60)}.example.com>;tag={new string('d', 120)};{new string('e', 200)}={new string('f', 400)}
            Call-ID: {new string('g', 400)}@host
            CSeq: 3882340 INVITE
            Max-Forwards: 70
            {new string('h', 300)}: {new string('i', 900)};{new string('j', 300)}
            Via: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bK{new string('k', 180)}
            Via: SIP/2.0/TCP one.example.com;branch=z9hG4bKa, SIP/2.0/TCP two.example.com;branch=z9hG4bKb
            Contact: <sip:{new string('l', 300)}@192.0.2.7;{new string('m', 200)}={new string('n', 200)}>
            Content-Type: application/sdp
            Content-Length: 0
            """),
        new("3.1.1.8", "a second request behind the body", 200, """
            REGISTER sip:example.com SIP/2.0
            To: <sip:j@example.com>
            From: <sip:j@example.com>;tag=43
            Max-Forwards: 8
            Call-ID: dblreq@192.0.2.7
            Contact: <sip:j@192.0.2.7>
            CSeq: 8 REGISTER
            Via: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKdbl
            Content-Length: 0

            INVITE sip:joe@example.com SIP/2.0
            Via: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKdbl2
            """),
        new("3.1.1.9", "semicolons in the user part", 200, """
            OPTIONS sip:user;par=u%40example.net@example.com SIP/2.0
            To: sip:j_user@example.com
            From: sip:caller@example.org;tag=33
            Max-Forwards: 3
            Call-ID: semiuri@192.0.2.7
            CSeq: 8 OPTIONS
            Accept: application/sdp, application/pkcs7-mime,
                    multipart/mixed, multipart/signed,
                    message/sip, message/sipfrag
            Via: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKsemi
            l: 0
            """),
        new("3.1.1.10", "transports nobody has heard of", 200, """
            OPTIONS sip:user@example.com SIP/2.0
            To: sip:user@example.com
            From: <sip:caller@example.com>;tag=323
            Max-Forwards: 70
            Call-ID: transports@192.0.2.7
            CSeq: 60 OPTIONS
            Via: SIP/2.0/UDP t1.example.com;branch=z9hG4bKone
            Via: SIP/2.0/SCTP t2.example.com;branch=z9hG4bKtwo
            Via: SIP/2.0/TLS t3.example.com;branch=z9hG4bKthree
            Via: SIP/2.0/PIGEON t4.example.com;branch=z9hG4bKfour
            Via: SIP/2.0/TCP t5.example.com;branch=z9hG4bKfive
            l: 0
            """),
        new("3.1.1.11", "a multipart body with binary in it", 415, """
            MESSAGE sip:who@example.com SIP/2.0
            To: <sip:who@example.com>
            From: <sip:me@example.net>;tag=1
            Max-Forwards: 70
            Call-ID: mpart@192.0.2.7
            CSeq: 127 MESSAGE
            Via: SIP/2.0/UDP 192.0.2.7:5070;branch=z9hG4bKmpart
            Content-Type: multipart/signed;
              protocol="application/pkcs7-signature";
              boundary=cut-here
            Content-Length: {length}

            --cut-here
            Content-Type: text/plain

            Hello

            --cut-here
            Content-Type: application/octet-stream

            \x00\x01\x82\x0D\x0A\xFF
            --cut-here--
            """),
        new("3.1.1.12", "an unusual reason phrase", 200, """
            SIP/2.0 200 = 2**3 * 5**2 \xD0\xBD\xD0\xBE \xD1\x81\xD1\x82\xD0\xBE - \xF0\x9F\x98\x80
            Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKnone
            Call-ID: unreason@192.0.2.7
            CSeq: 35 INVITE
            From: <sip:user@example.com>;tag=11
            To: <sip:user@example.edu>;tag=22
            Contact: <sip:user@host198.example.com>
            Content-Length: 0
            """),
        new("3.1.1.13", "no reason phrase", 200, """
            SIP/2.0 100 
            Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKnone
            Call-ID: noreason@192.0.2.7
            CSeq: 35 INVITE
            From: <sip:user@example.com>;tag=11
            To: <sip:user@example.edu>;tag=22
            Content-Length: 0
            """),
    ];
}
