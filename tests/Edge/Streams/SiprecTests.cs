using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Edge.Telnyx;
using Ringwright.MediaHost;
using Ringwright.Streams.Siprec;
using Ringwright.Testing;

namespace Ringwright.Edge.Streams;

/// <summary>Sessions with a recording server that shares no code with the product.</summary>
public sealed class SiprecTests : IAsyncDisposable
{
    private readonly FakeTaps _taps = new();
    private readonly ConcurrentQueue<LiveAudioNews> _news = new();
    private readonly RecordingServer _server = new();
    private readonly Guid _id = Guid.NewGuid();
    private SiprecHost? _host;

    private void Open(Func<SiprecTerms, SiprecTerms>? change = null, SiprecOptions? options = null, int? port = null,
        TargetPolicy? policy = null, StreamFormat? codec = null)
    {
        _host = new(_taps, policy ?? StreamRig.Laptop, options ?? new(), TimeProvider.System, NullLogger.Instance);
        var terms = new SiprecTerms("archive", "127.0.0.1", port ?? _server.Port);
        var facts = Samples.Facts() with { Headers = [new("X-Case", "a<b")] };
        _host.Open(new(_id, facts, change?.Invoke(terms) ?? terms, codec ?? StreamFormat.Pcmu), _news.Enqueue);
    }

    private async Task<FakeTap> AnswerAsync(string invite, string? sdp = null, string more = "")
    {
        await _server.AnswerAsync(invite, "200 OK", sdp ?? _server.Sdp(), more);
        await _server.NextAsync("ACK ");
        await Eventually.TrueAsync(() => !_news.IsEmpty, "news");
        Assert.IsType<LiveAudioNews.Connected>(_news.First());
        return _taps.Only;
    }

    private async Task<string?> EndAsync()
    {
        await Eventually.TrueAsync(() => _news.Any(n => n is LiveAudioNews.Ended), "its end");
        return Assert.IsType<LiveAudioNews.Ended>(Assert.Single(_news, n => n is LiveAudioNews.Ended)).Failure;
    }

    private static void Say(FakeTap tap, int frames)
    {
        for (int n = 0; n < frames; n++)
        {
            tap.Say(TapTracks.Said, Waves.Sine(440, 8_000, 20, fromMilliseconds: n * 20));
            tap.Say(TapTracks.Heard, Waves.Sine(1_000, 8_000, 20, fromMilliseconds: n * 20));
            tap.Pass(20);
        }
    }

    [Fact, Depth("the gate has sessions in each form once, over TLS too")]
    [Failure("process-killed")]
    public async Task A_later_process_says_BYE_in_the_dialog_that_the_first_one_has_left()
    {
        Open();
        string invite = await _server.NextAsync("INVITE ");
        await AnswerAsync(invite);
        string recoveryBye = Assert.IsType<LiveAudioNews.Connected>(_news.First()).RecoveryBye!;     // the server has answered
        await using var later = new SiprecHost(new FakeTaps(), StreamRig.Laptop, new(), TimeProvider.System, NullLogger.Instance);
        later.SayRecoveryByes(["what is none", recoveryBye]);
        string bye = await _server.NextAsync("BYE ");
        Assert.Equal((RecordingServer.Header(invite, "Call-ID"), RecordingServer.Header(invite, "From")),
            (RecordingServer.Header(bye, "Call-ID"), RecordingServer.Header(bye, "From")));
        Assert.EndsWith(" BYE", RecordingServer.Header(bye, "CSeq"), StringComparison.Ordinal);
        await _server.AnswerAsync(bye, "200 OK");
    }

    [Fact]
    public async Task The_server_gets_two_streams_and_the_calls_metadata_until_it_is_stopped()
    {
        Open(terms => terms with { TellsHeaders = true });
        string invite = await _server.NextAsync("INVITE ");
        Assert.StartsWith($"INVITE sip:127.0.0.1:{_server.Port} SIP/2.0\r\n", invite, StringComparison.Ordinal);
        Assert.Equal("siprec", RecordingServer.Header(invite, "Require"));
        Assert.EndsWith(";+sip.src", RecordingServer.Header(invite, "Contact"), StringComparison.Ordinal);
        Assert.StartsWith("multipart/mixed;boundary=", RecordingServer.Header(invite, "Content-Type"), StringComparison.Ordinal);
        Assert.Equal("1800", RecordingServer.Header(invite, "Session-Expires"));
        Assert.Equal(2, Regex.Count(invite, "^m=audio [1-9][0-9]* RTP/AVP 0 8\r$", RegexOptions.Multiline));
        Assert.Equal(2, Regex.Count(invite, "^a=sendonly\r$", RegexOptions.Multiline));
        Assert.Equal(["1", "2"], Regex.Matches(invite, "^a=label:(.)\r$", RegexOptions.Multiline).Select(m => m.Groups[1].Value));

        Assert.Contains("Content-Type: application/rs-metadata+xml\r\nContent-Disposition: recording-session\r\n", invite,
            StringComparison.Ordinal);
        XNamespace ns = "urn:ietf:params:xml:ns:recording:1";
        int start = invite.IndexOf("<?xml", StringComparison.Ordinal);
        var root = XElement.Parse(invite[start..(invite.IndexOf("</recording>", start, StringComparison.Ordinal) + 12)]);
        Assert.Equal(["1", "2"], root.Elements(ns + "stream").Select(stream => (string)stream.Element(ns + "label")!));
        Assert.Equal(2, root.Elements(ns + "participant").Count());
        string session = (string)root.Element(ns + "session")!.Attribute("session_id")!;
        Assert.Equal(16, Convert.FromBase64String(session).Length);
        Assert.All(root.Elements(ns + "stream"), stream => Assert.Equal(session, (string)stream.Attribute("session_id")!));
        foreach (var part in root.Elements(ns + "participantstreamassoc"))
            Assert.NotEqual((string)part.Element(ns + "send")!, (string)part.Element(ns + "recv")!);
        var header = root.Descendants().Single(element => element.Name.LocalName == "header");
        Assert.Equal(("X-Case", "a<b"), ((string)header.Attribute("name")!, header.Value));

        var tap = await AnswerAsync(invite);
        Assert.Equal(new(_id, TapTracks.Said | TapTracks.Heard, 8_000), tap.Plan);
        Say(tap, 40);
        var (said, heard) = (await _server.TakeAsync(0, 40), await _server.TakeAsync(1, 40));
        Assert.InRange(Waves.Share([.. said.SelectMany(p => p[12..]).Select(b => (short)Waves.MuLaw(b))], 440, 8_000), 0.98, 1.01);
        Assert.InRange(Waves.Share([.. heard.SelectMany(p => p[12..]).Select(b => (short)Waves.MuLaw(b))], 1_000, 8_000), 0.98, 1.01);
        Assert.All(said, packet => Assert.Equal((0x80, 0), (packet[0], packet[1] & 0x7F)));

        _host!.Close(_id);
        string bye = await _server.NextAsync("BYE ");
        Assert.Equal("2 BYE", RecordingServer.Header(bye, "CSeq"));
        await _server.AnswerAsync(bye, "200 OK");
        await Eventually.TrueAsync(() => _host.Count == 0, "nothing left");
        Assert.IsType<LiveAudioNews.Connected>(Assert.Single(_news));
        Assert.True(tap.IsDisposed);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task Parameters_are_in_the_metadata_or_in_headers_and_break_out_of_neither(bool inMetadata)
    {
        Open(terms => terms with
        {
            TellsHeaders = inMetadata,
            Parameters = [new("case", "7<7"), new("X-Team", "a"), new("bad name", "x"), new("line", "a\r\nX-Evil: b")],
        });
        string invite = await _server.NextAsync("INVITE ");
        string head = invite[..invite.IndexOf("\r\n\r\n", StringComparison.Ordinal)];
        Assert.Equal(inMetadata ? 0 : 1, Regex.Count(head, "^X-case: 7<7\r$", RegexOptions.Multiline));
        Assert.Equal(inMetadata ? 0 : 1, Regex.Count(head, "^X-Team: a\r$", RegexOptions.Multiline));
        Assert.Equal(inMetadata, Regex.IsMatch(invite, "<parameter [^>]*name=\"case\"[^>]*>7&lt;7</"));
        Assert.DoesNotContain("bad name:", head, StringComparison.Ordinal);
        Assert.DoesNotMatch("(?m)^X-Evil", head);
    }

    [Theory]
    [InlineData(""), InlineData("Require: sec-agree\r\n")]
    public async Task A_server_that_hangs_up_ends_it_in_order(string more)
    {
        Open();
        string invite = await _server.NextAsync("INVITE ");
        await AnswerAsync(invite);
        await _server.AskAsync(invite, "BYE", 1, more: more);
        await _server.NextAsync("SIP/2.0 200");
        Assert.Null(await EndAsync());
    }

    [Fact]
    public async Task One_that_is_closed_before_its_answer_is_cancelled()
    {
        Open();
        string invite = await _server.NextAsync("INVITE ");
        await _server.AnswerAsync(invite, "180 Ringing");
        await Task.Delay(100, TestContext.Current.CancellationToken);
        _host!.Close(_id);
        string cancel = await _server.NextAsync("CANCEL ");
        await _server.AnswerAsync(cancel, "200 OK");
        await _server.AnswerAsync(invite, "487 Request Terminated");
        await _server.NextAsync("ACK ");
        await Eventually.TrueAsync(() => _host.Count == 0, "nothing left");
        Assert.Empty(_news);
    }

    [Theory]
    [InlineData("403 Forbidden", "it answered 403 Forbidden")]
    [InlineData("302 Moved Temporarily", "it answered 302 Moved Temporarily")]
    [InlineData("401 Unauthorized", "it answered 401 Unauthorized")]
    public async Task A_refusal_fails_it_in_its_words(string status, string why)
    {
        Open();
        await _server.AnswerAsync(await _server.NextAsync("INVITE "), status);
        await _server.NextAsync("ACK ");
        Assert.Equal(why, await EndAsync());
        Assert.Empty(_taps.Opened);
    }

    [Theory]
    [InlineData("none", "its session description makes no sense")]
    [InlineData("nonsense", "its session description makes no sense")]
    [InlineData("port 0", "it takes none of the streams")]
    [InlineData("one", "it has 1 streams for our 2")]
    [InlineData("codec", "it takes no codec that was offered")]
    [InlineData("address", "169.254.169.254: link-local addresses are never a target")]
    [InlineData("srtp", "it answers with audio over RTP/SAVP")]
    public async Task An_answer_that_leads_nowhere_is_hung_up(string kind, string why)
    {
        Open();
        string invite = await _server.NextAsync("INVITE ");
        string sdp = _server.Sdp();
        await _server.AnswerAsync(invite, "200 OK", kind switch
        {
            "none" => null,
            "nonsense" => "hello",
            "port 0" => RecordingServer.Sdp(0, 0),
            "one" => sdp[..sdp.LastIndexOf("m=", StringComparison.Ordinal)],
            "codec" => _server.Sdp(type: 3),
            "address" => sdp.Replace("c=IN IP4 127.0.0.1", "c=IN IP4 169.254.169.254", StringComparison.Ordinal),
            _ => _server.Sdp(transport: "RTP/SAVP"),
        });
        await _server.NextAsync("ACK ");
        await _server.AnswerAsync(await _server.NextAsync("BYE "), "200 OK");
        Assert.Equal(why, await EndAsync());
        Assert.Empty(_taps.Opened);
    }

    [Fact]
    public async Task A_server_that_says_nothing_or_never_decides_fails_it_in_time()
    {
        Open(options: new() { Answer = TimeSpan.FromSeconds(0.6), ByeWait = TimeSpan.FromSeconds(0.3) });
        await _server.NextAsync("INVITE ");
        await _server.NextAsync("INVITE ");
        Assert.Equal("it did not answer within 1 s", await EndAsync());
        await Eventually.TrueAsync(() => _host!.Count == 0, "nothing left");
    }

    [Fact]
    public async Task A_place_that_may_not_be_sent_to_gets_nothing()
    {
        Open(policy: TargetPolicy.Strict);
        Assert.Equal($"127.0.0.1:{_server.Port}: loopback addresses are allowed only while the node itself listens on loopback",
            await EndAsync());
    }

    [Fact]
    public async Task A_name_that_only_an_inner_network_knows_is_asked_of_nobody()
    {
        Open(terms => terms with { Host = "archive" }, policy: TargetPolicy.Strict);
        Assert.Equal($"archive: {TargetPolicy.OnlyInside}", await EndAsync());
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task An_answer_that_names_a_port_of_the_nodes_own_is_hung_up_and_so_is_one_whose_port_becomes_one(bool isOwnBefore)
    {
        var own = new OwnPorts();
        Open(policy: TargetPolicy.For([IPEndPoint.Parse("127.0.0.1:1")], [], [], own: own));
        string invite = await _server.NextAsync("INVITE "), sdp = _server.Sdp();
        // Its own sockets are the node's too.
        int offered = int.Parse(Regex.Match(invite, "m=audio ([0-9]+)").Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
        Assert.True(own.Has(IPAddress.Loopback, offered));
        int named = int.Parse(Regex.Match(sdp, "m=audio ([0-9]+)").Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
        if (isOwnBefore)
        {
            own.Add(IPAddress.Loopback, named);
            await _server.AnswerAsync(invite, "200 OK", sdp, "");
            await _server.NextAsync("ACK ");
        }
        else
        {
            await AnswerAsync(invite, sdp);
            own.Add(IPAddress.Loopback, named);
        }
        await _server.AnswerAsync(await _server.NextAsync("BYE "), "200 OK");
        Assert.Contains("a port of the node's own", await EndAsync(), StringComparison.Ordinal);
        await Eventually.TrueAsync(() => !own.Has(IPAddress.Loopback, offered), "the session's sockets are closed");
    }

    [Fact, Depth("the gate has sessions in each form once, over TLS too")]
    public async Task One_track_is_one_stream_and_no_timer_is_no_timer()
    {
        Open(terms => terms with { Tracks = TapTracks.Heard, SessionSeconds = null });
        string invite = await _server.NextAsync("INVITE ");
        Assert.Equal(("", "2"), (RecordingServer.Header(invite, "Session-Expires"),
            Assert.Single(Regex.Matches(invite, "^a=label:(.)\r$", RegexOptions.Multiline)).Groups[1].Value));
        string sdp = _server.Sdp();
        var tap = await AnswerAsync(invite, sdp[..sdp.LastIndexOf("m=", StringComparison.Ordinal)]);
        Assert.Equal(TapTracks.Heard, tap.Plan.Tracks);
        tap.Say(TapTracks.Heard, new short[160]);
        tap.Pass(20);
        await _server.TakeAsync(0, 1);
    }

    [Fact, Depth("the gate has sessions in each form once, over TLS too")]
    public async Task A_longer_interval_is_taken_and_a_server_that_pauses_gets_nothing_until_it_goes_on()
    {
        Open(terms => terms with { SessionSeconds = 90 });
        string first = await _server.NextAsync("INVITE ");
        Assert.Equal("90", RecordingServer.Header(first, "Session-Expires"));
        await _server.AnswerAsync(first, "422 Session Interval Too Small", more: "Min-SE: 120\r\n");
        string invite = await _server.NextAsync("INVITE ");
        while (RecordingServer.Header(invite, "CSeq") != "2 INVITE") invite = await _server.NextAsync("INVITE ");
        Assert.Equal("120", RecordingServer.Header(invite, "Session-Expires"));
        var tap = await AnswerAsync(invite, more: "Session-Expires: 120;refresher=uac\r\nRequire: timer\r\n");

        await _server.AskAsync(invite, "INVITE", 1, _server.Sdp().Replace("recvonly", "inactive", StringComparison.Ordinal));
        string paused = await _server.AnswerToAsync(1, "INVITE");
        Assert.Equal(2, Regex.Count(paused, "^a=inactive\r$", RegexOptions.Multiline));
        await _server.AskAsync(invite, "ACK", 1);
        await SettleAsync(2);
        Say(tap, 5);
        await Eventually.TrueAsync(() => tap.Unread == 0, "what is said is read on");
        Assert.Equal(0, _server.Rtp[0].Available + _server.Rtp[1].Available);
        await _server.AskAsync(invite, "UPDATE", 3, _server.Sdp());
        Assert.Contains("a=sendonly\r\n", await _server.AnswerToAsync(3, "UPDATE"), StringComparison.Ordinal);
        await SettleAsync(4);
        Assert.Equal(0, _server.Rtp[0].Available + _server.Rtp[1].Available);
        Say(tap, 5);
        await _server.TakeAsync(0, 5);
        Assert.DoesNotContain(_news, n => n is LiveAudioNews.Ended);

        // It does what it has answered before it takes up the next request.
        async Task SettleAsync(int number)
        {
            await _server.AskAsync(invite, "OPTIONS", number);
            await _server.AnswerToAsync(number, "OPTIONS");
        }
    }

    [Fact]
    public async Task Over_TLS_keys_are_offered_and_what_goes_out_is_encrypted()
    {
        using var key = RSA.Create(2048);
        using var made = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        using var certificate = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        Open(terms => terms with { Transport = SipTransport.Tls, IsSecure = true }, new() { Trust = (_, _, _, _) => true }, port);
        using var connection = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        await using var stream = new SslStream(connection.GetStream());
        await stream.AuthenticateAsServerAsync(new() { ServerCertificate = certificate }, TestContext.Current.CancellationToken);
        string invite = await ReadAsync(stream, "</recording>");
        Assert.StartsWith($"INVITE sip:127.0.0.1:{port};transport=tls SIP/2.0\r\n", invite, StringComparison.Ordinal);
        Assert.Equal(2, Regex.Count(invite, "^m=audio [0-9]+ RTP/SAVP ", RegexOptions.Multiline));
        string[] keys = [.. Regex.Matches(invite, "^a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:(.{40})\r$", RegexOptions.Multiline)
            .Select(m => m.Groups[1].Value)];
        Assert.Equal(2, keys.Distinct().Count());
        string crypto = $"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{Convert.ToBase64String(new byte[30])}\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(RecordingServer.Answer(invite, "200 OK",
            $"<sip:srs@127.0.0.1:{port};transport=tls>", _server.Sdp(crypto, "RTP/SAVP"), "")), TestContext.Current.CancellationToken);
        await ReadAsync(stream, "ACK ");
        await Eventually.TrueAsync(() => !_news.IsEmpty, "news");
        Say(_taps.Only, 3);
        foreach (byte[] packet in await _server.TakeAsync(0, 3)) Assert.Equal(12 + 160 + 10, packet.Length);
        stream.Close();
        Assert.Equal("it closed the connection, or sends what is no SIP", await EndAsync());
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is not null) await _host.DisposeAsync();
        _server.Dispose();
    }

    private static async Task<string> ReadAsync(Stream stream, string until)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Eventually.Deadline);
        var text = new StringBuilder();
        byte[] buffer = new byte[8_192];
        while (!text.ToString().Contains(until, StringComparison.Ordinal))
        {
            int read = await stream.ReadAsync(buffer, limit.Token);
            Assert.NotEqual(0, read);
            text.Append(Encoding.UTF8.GetString(buffer, 0, read));
        }
        return text.ToString();
    }
}
