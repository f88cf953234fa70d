using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Ringwright.Calls;
using Ringwright.Media.Native;
using Ringwright.Server.Modules;
using Ringwright.Streams;
using Ringwright.Testing;

namespace Ringwright.Edge.Streams;

/// <summary>What a customer's server sends is heard, marked, cleared or refused.</summary>
public sealed class FramesInTests
{
    /// <summary>How often a full tap is asked for room.</summary>
    private static readonly TimeSpan Feed = TimeSpan.FromMilliseconds(Limits.FeedMilliseconds);
    /// <summary>Behind it the next MP3 file may come.</summary>
    private static readonly TimeSpan BetweenFiles = TimeSpan.FromSeconds(1.05);

    private static byte[] Law(short[] samples, Func<byte, int> law) => [.. samples.Select(s => Waves.Nearest(law, s))];

    [Fact]
    public async Task Audio_is_heard_and_its_mark_comes_back_at_its_end()
    {
        await using var customer = await Customer.StartAsync();
        await using var rig = new StreamRig();
        var tap = await rig.OpenAsync(rig.Order(customer.Url));
        customer.Begin();
        byte[] sent = Law(Waves.Sine(440, 8_000, 400), Waves.MuLaw);
        foreach (byte[] part in sent.Chunk(160)) await customer.SendMediaAsync(part);
        await customer.SendMarkAsync("said");
        await Eventually.TrueAsync(() => tap.Waiting == 3_200, "400 ms");

        tap.Play(399);
        Assert.Empty(customer.Drain());
        tap.Play(1);
        Assert.Equal("said", customer.Next("mark").GetProperty("mark").GetProperty("name").GetString());
        Assert.Equal(sent.Select(code => (short)Waves.MuLaw(code)), tap.Played);

        await customer.SendMarkAsync("nothing waits");
        Assert.Equal("nothing waits", customer.Next("mark").GetProperty("mark").GetProperty("name").GetString());
    }

    [Fact]
    public async Task A_clear_empties_at_once_and_returns_all_marks_in_their_order()
    {
        await using var customer = await Customer.StartAsync();
        await using var rig = new StreamRig();
        var tap = await rig.OpenAsync(rig.Order(customer.Url));
        customer.Begin();
        // Marks far beyond what the tap holds, in audio and in number; one name twice.
        string[] names = [.. Enumerable.Range(0, 40).Select(n => $"m{n / 2}")];
        foreach (string name in names)
        {
            await customer.SendMediaAsync(new byte[8_000]);
            await customer.SendMarkAsync(name);
        }
        await Eventually.TrueAsync(() => tap.Waiting == 8_000, "a full tap");
        tap.Play(1_000);
        Assert.Equal("m0", customer.Next("mark").GetProperty("mark").GetProperty("name").GetString());
        await customer.SendAsync("""{"event":"clear","stream_id":"whatever"}""");
        Assert.Equal(names[1..], names[1..].Select(_ => customer.Next("mark").GetProperty("mark").GetProperty("name").GetString()!));
        Assert.Equal((0, 1), (tap.Waiting, tap.Clears));
        tap.Play(1_000);
        await customer.SendMediaAsync([.. Enumerable.Repeat((byte)0x80, 160)]);
        await Eventually.TrueAsync(() => tap.Waiting == 160, "what comes next");
        Assert.Empty(customer.Drain());
    }

    [Fact]
    public async Task What_the_tap_has_no_room_for_waits_its_turn()
    {
        await using var customer = await Customer.StartAsync();
        var time = new FakeTimeProvider();
        await using var rig = new StreamRig(time: time);
        var tap = await rig.OpenAsync(rig.Order(customer.Url, into: new("PCMA", 8_000)));
        customer.Begin();
        short[] sine = Waves.Sine(300, 8_000, 30_000);
        byte[] sent = Law(sine[..8_000], Waves.ALaw);
        sent = [.. Enumerable.Repeat(sent, 30).SelectMany(b => b)];
        await customer.SendMediaAsync(sent);
        await customer.SendMarkAsync("end");
        while (tap.Played.Length < sent.Length)
        {
            int due = Math.Min(8_000, sent.Length - tap.Played.Length);
            await Eventually.TrueAsync(() =>
            {
                time.Advance(Feed);
                return tap.Waiting >= due;
            }, "more");
            tap.Play(1_000);
        }
        customer.Next("mark");
        Assert.Equal(sent.Select(code => (short)Waves.ALaw(code)), tap.Played);
    }

    [Theory]
    [InlineData("G722", 16_000), InlineData("OPUS", 16_000)]
    public async Task Wide_audio_is_heard_at_its_pitch(string encoding, int rate)
    {
        if (encoding == "OPUS") Assert.SkipUnless(Media.Codecs.HasOpus, "libopus is not installed");
        await using var customer = await Customer.StartAsync();
        await using var rig = new StreamRig();
        var tap = await rig.OpenAsync(rig.Order(customer.Url, into: new(encoding, rate)));
        customer.Begin();
        var encoder = Media.Codecs.Find(encoding)!.CreateEncoder();
        for (int n = 0; n < 50; n++)
        {
            var payload = new byte[400];
            var sine = Waves.Sine(2_500, rate, 20, fromMilliseconds: n * 20);
            int length = encoder.Encode(sine, encoding == "G722" ? payload.AsSpan(0, 160) : payload);
            await customer.SendMediaAsync(payload[..length]);
        }
        await Eventually.TrueAsync(() => tap.Waiting == rate, "a second");
        tap.Play(1_000);
        Assert.InRange(Waves.Share(tap.Played.AsSpan(rate / 5), 2_500, rate), 0.9, 1.01);
    }

    [Theory]
    [InlineData(8_000, false), InlineData(16_000, false), InlineData(24_000, true), InlineData(48_000, false)]
    public async Task Linear_audio_is_heard_sample_by_sample(int rate, bool isLittleEndian)
    {
        await using var customer = await Customer.StartAsync();
        await using var rig = new StreamRig(change: o => o with { IsLittleEndian = isLittleEndian });
        var tap = await rig.OpenAsync(rig.Order(customer.Url, into: new("L16", rate)));
        Assert.Equal(rate, tap.Plan.InjectionRate);
        customer.Begin();
        var sine = Waves.Sine(440, rate, 100);
        await customer.SendMediaAsync(Waves.Linear(sine, isLittleEndian));
        await Eventually.TrueAsync(() => tap.Waiting == sine.Length, "100 ms");
        tap.Play(100);
        Assert.Equal(sine, tap.Played);
    }

    public static TheoryData<string, byte[], int> Headed()
    {
        byte[] audio = [.. Enumerable.Range(0, 160).Select(n => (byte)(n | 1))];
        byte[] header = [0x80, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
        return new()
        {
            { "a header is taken off", [.. header, .. audio], 160 },
            { "with its marker bit too", [0x80, 0x80, .. header[2..], .. audio], 160 },
            { "another version is audio", [0x40, .. header[1..], .. audio], 172 },
            { "another payload type is audio", [0x80, 8, .. header[2..], .. audio], 172 },
            { "whole frames have none", [.. header, .. audio[12..]], 160 },
            { "also off 10 ms", [.. header, .. audio[..80], .. audio], 240 },
        };
    }

    [Theory, MemberData(nameof(Headed))]
    public async Task A_header_of_RTP_is_taken_off_where_it_fits(string what, byte[] payload, int heard)
    {
        await using var customer = await Customer.StartAsync();
        await using var rig = new StreamRig();
        var tap = await rig.OpenAsync(rig.Order(customer.Url));
        await customer.SendMediaAsync(payload);
        await Eventually.TrueAsync(() => tap.Waiting > 0, what);
        tap.Play(1_000);
        Assert.Equal(payload[^heard..].Select(code => (short)Waves.MuLaw(code)), tap.Played);
    }

    [Theory]
    [InlineData("{", 100003), InlineData("", 100003), InlineData("[]", 100003), InlineData("{}", 100003), InlineData("nonsense", 100003)]
    [InlineData("""{"event":5}""", 100003), InlineData("""{"event":"start"}""", 100003), InlineData("""{"event":"\ud800"}""", 100003)]
    [InlineData("""{"event":"media"}""", 100003), InlineData("""{"event":"media","media":"x"}""", 100003)]
    [InlineData("""{"event":"media","media":{}}""", 100003), InlineData("""{"event":"media","media":{"payload":7}}""", 100003)]
    [InlineData("""{"event":"mark"}""", 100003), InlineData("""{"event":"mark","mark":{"name":null}}""", 100003)]
    [InlineData("""{"event":"media","media":{"payload":"***"}}""", 100004)]
    [InlineData("""{"event":"media","media":{"payload":"/w=w"}}""", 100004)]
    [InlineData("""{"event":"media","media":{"payload":"data:audio/basic,/////w=="}}""", 100004)]
    [InlineData("""{"event":"media","media":{"payload":"\ud800"}}""", 100003)]
    [InlineData("""{"event":"media","media":{"payload":""}}""", 100004)]
    public async Task What_is_wrong_is_answered_and_the_stream_goes_on(string frame, int code)
    {
        await using var customer = await Customer.StartAsync();
        await using var rig = new StreamRig();
        var tap = await rig.OpenAsync(rig.Order(customer.Url));
        customer.Begin();
        await customer.SendAsync(frame);
        var error = customer.NextError();
        Assert.Equal((code, code == 100003 ? "malformed_frame" : "invalid_media"), (error.Code, error.Title));
        await customer.SendMediaAsync(new byte[160]);
        await Eventually.TrueAsync(() => tap.Waiting == 160, "audio");
        Assert.IsType<LiveAudioNews.Connected>(Assert.Single(rig.News));
    }

    [Theory]
    [InlineData("PCMU", 8_000, 160, true), InlineData("PCMU", 8_000, 161, true)]
    [InlineData("PCMU", 8_000, 240_000, true), InlineData("PCMU", 8_000, 240_001, false)]
    [InlineData("L16", 16_000, 640, true), InlineData("L16", 16_000, 641, true)]
    [InlineData("L16", 48_000, 2_880_000, true), InlineData("L16", 48_000, 2_880_002, false)]
    [InlineData("G722", 16_000, 240_000, true), InlineData("G722", 16_000, 240_001, false)]
    public async Task A_frame_has_at_most_30_s(string encoding, int rate, int bytes, bool isTaken)
    {
        await using var customer = await Customer.StartAsync();
        await using var rig = new StreamRig();
        var tap = await rig.OpenAsync(rig.Order(customer.Url, into: new(encoding, rate)));
        customer.Begin();
        await customer.SendMediaAsync(new byte[bytes]);
        if (isTaken) await Eventually.TrueAsync(() => tap.Waiting > 0, "audio");
        else Assert.Equal(100004, customer.NextError().Code);
    }

    [Theory]
    [InlineData("PCMU", 8_000, 80), InlineData("PCMU", 8_000, 1), InlineData("L16", 16_000, 320), InlineData("G722", 16_000, 40)]
    public async Task Frames_of_less_than_20_ms_are_gathered(string encoding, int rate, int bytes)
    {
        await using var customer = await Customer.StartAsync();
        await using var rig = new StreamRig();
        var tap = await rig.OpenAsync(rig.Order(customer.Url, into: new(encoding, rate)));
        customer.Begin();
        int each = bytes * (encoding == "G722" ? 2 : 1) / (encoding == "L16" ? 2 : 1), frame = rate / 50;
        int sent = 0;
        for (; sent < 5 * frame / 2; sent += each)
            await customer.SendMediaAsync(encoding == "L16" ? Waves.Linear(new short[each], isLittleEndian: false) : new byte[bytes]);
        await Eventually.TrueAsync(() => tap.Waiting == sent / frame * frame, "whole frames");
        await customer.SendMarkAsync("all");
        await Eventually.TrueAsync(() => tap.Waiting == sent, "the rest, before its mark");
        tap.Play(1_000);
        Assert.Equal("all", customer.Next("mark").GetProperty("mark").GetProperty("name").GetString());
        Assert.Empty(customer.Drain());
    }

    [Fact]
    public async Task What_waits_for_the_rest_of_a_frame_goes_first_and_is_cleared_as_all_else()
    {
        await using var customer = await Customer.StartAsync();
        await using var rig = new StreamRig();
        var tap = await rig.OpenAsync(rig.Order(customer.Url));
        customer.Begin();
        byte[] sent = [.. Enumerable.Range(0, 240).Select(n => (byte)n)];
        await customer.SendMediaAsync(sent[..40]);
        await customer.SendMediaAsync(sent[40..]);
        await Eventually.TrueAsync(() => tap.Waiting == 240, "both as one");
        tap.Play(1_000);
        Assert.Equal(sent.Select(code => (short)Waves.MuLaw(code)), tap.Played);
        await customer.SendMediaAsync(sent[..40]);
        await customer.SendAsync("""{"event":"clear"}""");
        await customer.SendMediaAsync(sent[..160]);
        await Eventually.TrueAsync(() => tap.Waiting > 0, "what comes next");
        Assert.Equal(160, tap.Waiting);
    }

    [Theory]
    [InlineData("without padding"), InlineData("for URLs"), InlineData("for URLs, without padding"), InlineData("in lines")]
    [InlineData("as a data URI")]
    public async Task Base64_is_read_as_it_is_written(string how)
    {
        await using var customer = await Customer.StartAsync();
        await using var rig = new StreamRig();
        var tap = await rig.OpenAsync(rig.Order(customer.Url));
        customer.Begin();
        byte[] sent = [.. Enumerable.Range(0, 160).Select(n => (byte)(255 - n % 8))];
        string plain = Convert.ToBase64String(sent), url = plain.Replace('+', '-').Replace('/', '_');
        string text = how switch
        {
            "without padding" => plain.TrimEnd('='),
            "for URLs" => url,
            "for URLs, without padding" => url.TrimEnd('='),
            "as a data URI" => $"data:audio/basic;base64,{plain}",
            _ => Convert.ToBase64String(sent, Base64FormattingOptions.InsertLineBreaks).Replace("\r\n", "\\n", StringComparison.Ordinal),
        };
        Assert.NotEqual(plain, text);
        await customer.SendAsync($$$"""{"event":"media","media":{"payload":"{{{text}}}"}}""");
        await Eventually.TrueAsync(() => tap.Waiting == 160, "audio");
        tap.Play(1_000);
        Assert.Equal(sent.Select(code => (short)Waves.MuLaw(code)), tap.Played);
    }

    [Fact]
    public async Task The_header_of_a_WAV_in_the_streams_own_coding_is_stepped_over()
    {
        await using var customer = await Customer.StartAsync();
        await using var rig = new StreamRig();
        var tap = await rig.OpenAsync(rig.Order(customer.Url));
        customer.Begin();
        byte[] sent = Law(Waves.Sine(440, 8_000, 40), Waves.MuLaw), header = WavFile.Make(0, 8_000, _ => 0);
        (header[20], header[32], header[34]) = (7, 1, 8);
        header.AsSpan(40).Fill(0xFF);
        await customer.SendMediaAsync([.. header, .. sent[..160]]);
        await customer.SendMediaAsync(sent[160..]);
        await Eventually.TrueAsync(() => tap.Waiting == 320, "40 ms");
        tap.Play(1_000);
        Assert.Equal(sent.Select(code => (short)Waves.MuLaw(code)), tap.Played);
        Assert.Empty(customer.Drain());
    }

    [Theory, InlineData("WAV"), InlineData("MP3"), InlineData("Ogg")]
    public async Task A_file_in_place_of_samples_is_told_and_not_heard(string kind)
    {
        byte[] file = kind switch
        {
            "WAV" => WavFile.Make(160, 8_000, n => (short)(n * 50)),
            "MP3" => [.. "ID3\u0004\0\0"u8, .. new byte[314]],
            _ => [.. "OggS\0"u8, .. new byte[315]],
        };
        await using var customer = await Customer.StartAsync();
        await using var rig = new StreamRig();
        var tap = await rig.OpenAsync(rig.Order(customer.Url));
        customer.Begin();
        await customer.SendMediaAsync(file);
        var (code, _, detail) = customer.NextError();
        Assert.Equal(100004, code);
        Assert.Contains(kind, detail, StringComparison.Ordinal);
        Assert.Equal(0, tap.Waiting);
    }

    [Fact]
    public async Task A_frame_of_TwiML_may_hold_a_whole_file()
    {
        await using var customer = await Customer.StartAsync();
        await using var rig = new StreamRig(change: options => options with { Identify = TwimlFrames.Of });
        var tap = await rig.OpenAsync(rig.Order(customer.Url));
        customer.Begin();
        await customer.SendMediaAsync(new byte[40 * 8_000]);
        await Eventually.TrueAsync(() => tap.Waiting == 8_000, "a full tap");
        Assert.Empty(customer.Drain());
    }

    [Fact]
    public async Task A_binary_message_is_no_frame()
    {
        await using var customer = await Customer.StartAsync();
        await using var rig = new StreamRig();
        await rig.OpenAsync(rig.Order(customer.Url));
        customer.Begin();
        await customer.SendAsync(new byte[160], WebSocketMessageType.Binary);
        Assert.Equal(100003, customer.NextError().Code);
    }

    /// <summary>As programs send it that write JSON through a writer of text, or as bytes.</summary>
    [Theory, InlineData(WebSocketMessageType.Text, "\uFEFF"), InlineData(WebSocketMessageType.Binary, "")]
    [InlineData(WebSocketMessageType.Binary, "\uFEFF"), InlineData(WebSocketMessageType.Text, " \r\n")]
    public async Task A_frame_is_one_however_its_program_sends_text(WebSocketMessageType type, string before)
    {
        await using var customer = await Customer.StartAsync();
        await using var rig = new StreamRig();
        await rig.OpenAsync(rig.Order(customer.Url));
        customer.Begin();
        await customer.SendAsync(Encoding.UTF8.GetBytes(before + """{"event":"mark","mark":{"name":"said"}}"""), type);
        Assert.Equal("said", customer.Next("mark").GetProperty("mark").GetProperty("name").GetString());
    }

    [Fact]
    public async Task A_stream_without_a_way_back_refuses_audio_and_returns_marks_at_once()
    {
        await using var customer = await Customer.StartAsync();
        await using var rig = new StreamRig();
        var tap = await rig.OpenAsync(rig.Order(customer.Url, StreamInjection.None));
        Assert.Null(tap.Plan.InjectionRate);
        customer.Begin();
        await customer.SendMediaAsync(new byte[160]);
        Assert.Equal(100004, customer.NextError().Code);
        await customer.SendMarkAsync("here");
        Assert.Equal("here", customer.Next("mark").GetProperty("mark").GetProperty("name").GetString());
        await customer.SendAsync("""{"event":"clear"}""");
        await customer.SendMarkAsync("there");
        customer.Next("mark");
    }

    [Fact]
    public async Task What_may_wait_is_bounded_in_audio_and_in_marks()
    {
        await using var customer = await Customer.StartAsync();
        await using var rig = new StreamRig();
        var tap = await rig.OpenAsync(rig.Order(customer.Url));
        customer.Begin();
        for (int n = 0; n < 11; n++) await customer.SendMediaAsync(new byte[240_000]);
        Assert.Equal(100005, customer.NextError().Code);
        for (int n = 0; n < Limits.Marks; n++) await customer.SendMarkAsync($"m{n}");
        Assert.Empty(customer.Drain());
        await customer.SendMarkAsync("one too many");
        Assert.Equal((100005, "rate_limit_reached"), (customer.NextError().Code, "rate_limit_reached"));
        await customer.SendAsync("""{"event":"clear"}""");
        Assert.All(Enumerable.Range(0, Limits.Marks),
            n => Assert.Equal($"m{n}", customer.Next("mark").GetProperty("mark").GetProperty("name").GetString()));
        await customer.SendMediaAsync(new byte[240_000]);
        await Eventually.TrueAsync(() => tap.Waiting == 8_000, "room again");
    }

    [Fact]
    public async Task An_MP3_is_heard_and_the_next_one_behind_it()
    {
        Tool.Require("libmpg123.so.0", "libmp3lame.so.0");
        await using var customer = await Customer.StartAsync();
        var time = new FakeTimeProvider();
        await using var rig = new StreamRig(time: time);
        var tap = await rig.OpenAsync(rig.Order(customer.Url, StreamInjection.Mp3));
        Assert.Equal(8_000, tap.Plan.InjectionRate);
        customer.Begin();
        byte[] low = Mp3(Waves.Sine(400, 24_000, 2_500)), high = Mp3(Waves.Sine(1_500, 24_000, 1_000));
        await customer.SendMediaAsync(low);
        await customer.SendMarkAsync("low");
        await customer.SendMediaAsync(high);
        Assert.Equal(100005, customer.NextError().Code);
        time.Advance(BetweenFiles);
        await customer.SendMediaAsync(high);
        await customer.SendMarkAsync("high");
        var marks = await PlayAsync(customer, tap, time, marks: 2);
        Assert.Equal(["low", "high"], marks.Select(m => m.GetProperty("mark").GetProperty("name").GetString()));
        // An encoder's frames make a file some 100 ms longer.
        int at = (int)tap.Marked[0];
        Assert.InRange(at, 8_000 * 2.5, 8_000 * 2.9);
        Assert.InRange(tap.Played.Length, 8_000 * 3.5, 8_000 * 4.2);
        Assert.InRange(Waves.Share(tap.Played.AsSpan(1_600, 16_000), 400, 8_000), 0.95, 1.01);
        Assert.InRange(Waves.Share(tap.Played.AsSpan(at + 1_600, 4_000), 1_500, 8_000), 0.95, 1.01);
    }

    [Fact]
    public async Task What_is_no_MP3_or_ends_within_is_said()
    {
        Tool.Require("libmpg123.so.0", "libmp3lame.so.0");
        await using var customer = await Customer.StartAsync();
        var time = new FakeTimeProvider();
        await using var rig = new StreamRig(time: time);
        var tap = await rig.OpenAsync(rig.Order(customer.Url, StreamInjection.Mp3));
        customer.Begin();
        await customer.SendMediaAsync([0xFF, 0xFB, .. new byte[400]]);
        Assert.Equal(100004, customer.NextError().Code);
        time.Advance(BetweenFiles);
        await customer.SendMediaAsync(new byte[8_000]);
        Assert.Equal(100004, customer.NextError().Code);
        time.Advance(BetweenFiles);
        byte[] file = Mp3(Waves.Sine(400, 24_000, 2_000));
        await customer.SendMediaAsync(file[..(file.Length / 2)]);
        await customer.SendMarkAsync("half");
        var mark = Assert.Single(await PlayAsync(customer, tap, time, marks: 1));
        Assert.Equal("mark", mark.GetProperty("event").GetString());
        Assert.InRange(tap.Played.Length, 8_000 * 0.8, 8_000 * 1.2);
        Assert.Empty(customer.Drain());
    }

    /// <summary>Also behind what is no sound, as where a stream was cut anywhere.</summary>
    [Theory, InlineData(0, 0x20), InlineData(6_000, 0x20), InlineData(6_000, 0)]
    public async Task Files_of_two_rates_behind_each_other_are_one_that_is_played_to_its_end(int before, int lead)
    {
        Tool.Require("libmpg123.so.0", "libmp3lame.so.0");
        await using var customer = await Customer.StartAsync();
        await using var rig = new StreamRig();
        var tap = await rig.OpenAsync(rig.Order(customer.Url, StreamInjection.Mp3));
        customer.Begin();
        byte[] files = [.. Mp3(Waves.Sine(400, 24_000, 300)), .. Mp3(Waves.Sine(1_500, 16_000, 300), 16_000)];
        await customer.SendMediaAsync([.. Enumerable.Repeat((byte)lead, before), .. files]);
        await customer.SendMarkAsync("behind it");
        await Eventually.TrueAsync(() => tap.Marked.Count == 1, "the whole file");
        tap.Play(1_000);
        customer.Next("mark");
        Assert.Empty(customer.Drain());
        short[] played = tap.Played;
        Assert.InRange(played.Length, 8_000 * 0.55, 8_000 * 0.85);
        Assert.InRange(Waves.Share(played.AsSpan(800, 1_200), 400, 8_000), 0.95, 1.01);
        Assert.InRange(Waves.Share(played.AsSpan(played.Length - 1_700, 1_000), 1_500, 8_000), 0.95, 1.01);
    }

    /// <summary>The party hears whatever there is, until so many frames have come back.</summary>
    private static async Task<List<JsonElement>> PlayAsync(Customer customer, FakeTap tap, FakeTimeProvider time, int marks)
    {
        var told = new List<JsonElement>();
        await Eventually.TrueAsync(() =>
        {
            time.Advance(Feed);
            tap.Play(100);
            foreach (var frame in customer.Drain())
            {
                told.Add(frame);
                // Late where this thread is, and never before what it stands behind was heard.
                Assert.True(told.Count <= tap.Marked.Count && tap.Marked[told.Count - 1] <= tap.Played.Length,
                    $"{frame} when {tap.Played.Length} samples were heard");
            }
            return told.Count >= marks;
        }, "the marks");
        return told;
    }

    private static byte[] Mp3(short[] samples, int rate = 24_000)
    {
        Assert.True(Mp3Encoder.TryCreate(rate, 1, out var encoder, out string? missing), missing);
        using (encoder)
        {
            byte[] file = new byte[Mp3Encoder.MostBytes(samples.Length) + Mp3Encoder.MostBytes(0)];
            int length = encoder.Encode(samples, file);
            length += encoder.Finish(file.AsSpan(length));
            encoder.WriteHeader(file);
            return file[..length];
        }
    }
}
