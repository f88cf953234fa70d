using System.Diagnostics;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Core;
using Ringwright.Edge.Streams;
using Ringwright.Egress;
using Ringwright.Speech.Recognition;
using Ringwright.Speech.Recognition.Live;
using Ringwright.Testing;

namespace Ringwright.Edge.Speech.Recognition;

/// <summary>Live recognisers that go wrong: each ends the recognition, with a reason, within its time.</summary>
public sealed class BadVendorTests : IDisposable
{
    private const int Rate = 16_000;
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);
    /// <summary>Each test shortens the one time that it is about: of two that are short, either may end it first.</summary>
    private static readonly RecognitionOptions Usual = new() { KeepAlive = TimeSpan.FromMilliseconds(200) };

    private readonly EgressClient _egress = new(TargetPolicy.Strict, TimeProvider.System);
    private readonly RawPeer _peer = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _peer.Dispose();
        _egress.Dispose();
    }

    [Fact]
    public async Task Nobody_there_is_an_exception_at_once() =>
        await FailsAsync(() => OpenAsync(DeepgramProtocol.Provider, $"ws://127.0.0.1:{FreePort.Tcp()}"), "cannot be reached");

    [Fact, Failure("recogniser-wrong")]
    public async Task A_wrong_key_is_told_with_its_status_and_without_the_key()
    {
        await using var server = await TestServer.StartAsync(context =>
        {
            context.Response.StatusCode = 401;
            return context.Response.WriteAsync("the key dg-secret is wrong");
        });
        await FailsAsync(() => OpenAsync(DeepgramProtocol.Provider, server.Url.Replace("http", "ws", StringComparison.Ordinal)), "401");
    }

    [Fact, Depth("the gate has a message and a frame that never end, and a server that shows no sign of life")]
    public async Task A_server_that_never_opens_the_socket_is_left_in_time()
    {
        // The connection stands as soon as the system has taken it, whether or not the server looks at it.
        await FailsAsync(() => OpenAsync(DeepgramProtocol.Provider, options: Usual with { OpenTimeout = Soon }), "No WebSocket within 1 s");
    }

    [Fact]
    public async Task A_session_that_never_begins_is_left_in_time()
    {
        // The socket has as long to open, and that by the wall clock.
        var clock = new FakeTimeProvider();
        var opening = FailsAsync(() => OpenAsync(AssemblyAiProtocol.Provider, clock: clock), "did not begin within 10 s");
        await _peer.OpenAsync();
        await Eventually.TrueAsync(() => clock.HasTimer(Usual.OpenTimeout), "the greeting is waited for");
        clock.Advance(Usual.OpenTimeout);
        await opening;
    }

    [Fact]
    public async Task A_session_that_is_refused_says_its_code()
    {
        var opening = FailsAsync(() => OpenAsync(AssemblyAiProtocol.Provider), "code 3008");
        await _peer.OpenAsync();
        await _peer.SendAsync(RawPeer.Text, Encoding.UTF8.GetBytes(LiveSamples.AssemblyAiError));
        await opening;
    }

    [Fact, Depth("the gate has a message and a frame that never end, and a server that shows no sign of life")]
    public async Task A_refusal_after_a_while_says_its_code_and_none_of_its_words()
    {
        await using var recognition = await DeepgramAsync();
        await _peer.SendAsync(RawPeer.Close, [0x03, 0xF3, .. "NET-0001 of account 12345"u8]);
        await FailsAsync(recognition.ReadAllAsync, "code 1011");
    }

    [Fact, Depth("the gate has a message that never ends, a frame that does not, and who gives no sign of life")]
    public async Task A_server_that_does_not_finish_is_left_in_time()
    {
        await using var recognition = await DeepgramAsync(Usual with { FinishTimeout = Soon });
        recognition.Say(Rate, Sounds.Tone(Rate, 200));
        recognition.Finish();
        var answering = AnswerPingsAsync();
        await FailsAsync(recognition.ReadAllAsync, "did not finish within 1 s");
        await recognition.DisposeAsync();
        await answering;
    }

    [Fact, Failure("recogniser-wrong")]
    public async Task A_server_that_shows_no_sign_of_life_is_left_in_time()
    {
        await using var recognition = await DeepgramAsync(Usual with { Ping = Soon });
        await FailsAsync(recognition.ReadAllAsync, "no sign of life");
    }

    [Fact]
    public async Task A_server_that_speaks_no_WebSocket_is_told_from_one_that_is_silent()
    {
        await using var recognition = await DeepgramAsync();
        var reading = FailsAsync(recognition.ReadAllAsync, "no WebSocket frame");
        await _peer.SendRawAsync([0xC1, 0x02, (byte)'{', (byte)'}']);
        await reading;
    }

    [Fact]
    public async Task A_frame_that_does_not_end_is_left_in_time()
    {
        await using var recognition = await DeepgramAsync(Usual with { SendTimeout = Soon });
        var reading = FailsAsync(recognition.ReadAllAsync, "did not end a message within");
        await _peer.SendRawAsync(RawPeer.Frame(RawPeer.Text, new byte[500])[..6]);
        await reading;
    }

    [Depth("the gate has a message that never ends, a frame that does not, and who gives no sign of life")]
    [Fact, Failure("recogniser-wrong")]
    public async Task A_server_that_takes_nothing_is_left_in_time_and_no_more_than_a_backlog_waits()
    {
        await using var recognition = await DeepgramAsync(Usual with { SendTimeout = Soon, Ping = Soon });
        // Far more than all buffers on the way hold; nothing of this waits. Whether they are full when it asks for a sign of life
        // is the system's affair: either ends it.
        short[] second = Sounds.Tone(Rate, 1_000);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 2_000; i++) recognition.Write(second);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
        await FailsAsync(recognition.ReadAllAsync, "");
    }

    [Fact, Failure("recogniser-wrong")]
    public async Task A_server_that_drops_the_connection_ends_the_recognition()
    {
        await using var recognition = await DeepgramAsync();
        var reading = FailsAsync(recognition.ReadAllAsync, "broke");
        _peer.Dispose();
        await reading;
    }

    [Fact]
    public async Task A_server_that_dies_in_the_middle_of_a_message_ends_the_recognition()
    {
        await using var recognition = await DeepgramAsync();
        var reading = FailsAsync(recognition.ReadAllAsync, "broke");
        await _peer.SendRawAsync(RawPeer.Frame(RawPeer.Text, new byte[500])[..100]);
        _peer.Dispose();
        await reading;
    }

    [Fact]
    public async Task A_message_that_never_ends_is_not_waited_for()
    {
        await using var recognition = await DeepgramAsync(Usual with { SendTimeout = Soon });
        await _peer.SendAsync(RawPeer.Text, Encoding.UTF8.GetBytes("""{"type": """), isFinal: false);
        var answering = AnswerPingsAsync();
        await FailsAsync(recognition.ReadAllAsync, "did not end a message within 1 s");
        await recognition.DisposeAsync();
        await answering;
    }

    [Theory]
    [InlineData("not JSON")]
    [InlineData("{}")]
    [InlineData("[1, 2]")]
    [InlineData("""{"type": "Results", "channel": null}""")]
    public async Task Nonsense_ends_the_recognition(string message)
    {
        await using var recognition = await DeepgramAsync();
        await _peer.SendAsync(RawPeer.Text, Encoding.UTF8.GetBytes(message));
        await FailsAsync(recognition.ReadAllAsync, "no message of its protocol");
    }

    [Fact]
    public async Task Bytes_that_are_no_frame_end_the_recognition()
    {
        await using var recognition = await DeepgramAsync();
        await _peer.SendRawAsync([.. Enumerable.Repeat((byte)0xFF, 64)]);
        await FailsAsync(recognition.ReadAllAsync, "broke");
    }

    [Fact, Depth("the gate has a message that never ends, a frame that does not, and who gives no sign of life")]
    public async Task A_huge_message_is_refused_before_it_is_in_memory()
    {
        await using var recognition = await DeepgramAsync();
        var reading = FailsAsync(recognition.ReadAllAsync, "too long a message");
        try
        {
            for (int i = 0; i < 1_000; i++)
                await _peer.SendAsync(i == 0 ? RawPeer.Text : RawPeer.Continuation, new byte[16 * 1024], isFinal: false);
        }
        catch (IOException)
        {
            // It was cut off, as it should be.
        }
        await reading;
    }

    [Fact]
    public async Task A_flood_of_results_ends_the_recognition()
    {
        await using var recognition = await DeepgramAsync();
        var flood = FloodAsync(RawPeer.Frame(RawPeer.Text, Encoding.UTF8.GetBytes("""{"type":"SpeechStarted"}""")));
        await FailsAsync(recognition.ReadAllAsync, "sent too much");
        await recognition.DisposeAsync();
        await flood;
    }

    [Fact, Failure("recogniser-wrong")]
    public async Task A_flood_of_pings_ends_the_recognition()
    {
        await using var recognition = await DeepgramAsync();
        var flood = FloodAsync(RawPeer.Frame(RawPeer.Ping, new byte[125]));
        var drain = AnswerPingsAsync();
        await FailsAsync(recognition.ReadAllAsync, "sent too much");
        await recognition.DisposeAsync();
        await flood;
        await drain;
    }

    private async Task FloodAsync(byte[] frame)
    {
        byte[] many = [.. Enumerable.Repeat(frame, 200).SelectMany(one => one)];
        try
        {
            while (!Stop.IsCancellationRequested) await _peer.SendRawAsync(many);
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException)
        {
            // It was cut off.
        }
    }

    /// <summary>Reads and answers pings, and says nothing else, until the far end goes.</summary>
    private async Task AnswerPingsAsync()
    {
        try
        {
            while (await _peer.ReadAsync() is var (opcode, payload))
                if (opcode == RawPeer.Ping) await _peer.SendAsync(10, payload);
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException)
        {
            // It has gone.
        }
    }

    private async Task<IRecognition> DeepgramAsync(RecognitionOptions? options = null)
    {
        var opening = OpenAsync(DeepgramProtocol.Provider, options: options);
        await _peer.OpenAsync();
        return await opening;
    }

    private Task<IRecognition> OpenAsync(Func<RecogniserTarget, LiveProvider> provider, string? url = null,
        RecognitionOptions? options = null, TimeProvider? clock = null) =>
        new LiveRecogniser(provider(new() { Url = url ?? _peer.Url, Key = "dg-secret" }), options ?? Usual, _egress,
            clock ?? TimeProvider.System, NullLogger.Instance).OpenAsync(new("en", HasInterim: true), Stop);

    private static async Task FailsAsync<T>(Func<Task<T>> does, string says)
    {
        long began = Stopwatch.GetTimestamp();
        var failed = await Assert.ThrowsAsync<RecognitionException>(does);
        Assert.Contains(says, failed.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failed.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("12345", failed.Message, StringComparison.Ordinal);
        Assert.InRange(Stopwatch.GetElapsedTime(began).TotalSeconds, 0, 20);
    }
}
