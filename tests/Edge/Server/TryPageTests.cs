using System.Net;
using System.Net.WebSockets;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Edge.Streams;
using Ringwright.Lab;
using Ringwright.Lab.Visits;
using Ringwright.Server;
using Ringwright.Server.Roles;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>A browser calls a number of a node by a page, and nobody else does.</summary>
public sealed class TryPageTests : IDisposable
{
    private const string Script = """
        {
          "transcript": true, "greeting": "Welcome.", "start": "menu", "turns": {"on_no_punctuation_seconds": 0.4},
          "steps": {
            "menu": {
              "say": "Do you want to order?",
              "ask": {"choices": [{"words": ["yes"], "digits": "1", "go": "done"}], "seconds": 30, "otherwise": "done"}
            },
            "done": {"say": "You said yes.", "outcome": "ordered", "hangup": true}
          }
        }
        """;

    private readonly AgentRig _rig = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _rig.Dispose();

    [Fact, Depth("the gate has the answers of models and tools in writing")]
    public async Task A_browser_talks_with_an_agent_by_its_own_audio_and_hears_why_it_ended()
    {
        await using var voice = await AgentRig.VoiceAsync();
        await using var node = await _rig.StartAsync(voice, Script, hasLab: true);
        await using var lab = await StartLabAsync(node);
        string page = await LinkAsync(node);
        using var socket = await OpenAsync(page, OriginOf(page));
        using var browser = new Browser(socket);

        await Eventually.TrueAsync(() => browser.IsAnswered, "the call is answered");
        await _rig.LinesAsync(node, 1);
        // Who has the line keeps it.
        using (var second = await OpenAsync(page, OriginOf(page))) Assert.Equal(HttpStatusCode.TooManyRequests, second.HttpStatusCode);
        await browser.SayAsync(ToneWords.Yes, _rig.Words);

        Assert.Equal(["assistant: Welcome. Do you want to order?", "user: yes", "assistant: You said yes."],
            await _rig.LinesAsync(node, 3));
        await Eventually.TrueAsync(() => browser.Reason is not null, "the call has ended");
        Assert.Equal("remote hangup", browser.Reason);
        Assert.True(browser.LoudestShareOf(700) > 0.8, "the agent's voice came back");
    }

    [Fact]
    public async Task The_page_has_a_strict_policy_and_nobody_else_gets_a_call()
    {
        await using var node = await RunningNode.StartAsync(settings => settings with { HasLab = true });
        string page = await LinkAsync(node);
        using var anybody = new HttpClient();
        using (var answer = await anybody.GetAsync(new Uri(page), Stop))
        {
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            string policy = answer.Headers.GetValues("content-security-policy").Single();
            Assert.Contains("default-src 'none'; script-src 'self'", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            string html = await answer.Content.ReadAsStringAsync(Stop);
            Assert.Contains(AgentRig.Number, html, StringComparison.Ordinal);
            // What it loads is there, and is the node's own.
            foreach (string file in new[] { "../try-page.js", "../try-page.css" })
            {
                Assert.Contains($"\"{file}\"", html, StringComparison.Ordinal);
                Assert.True((await anybody.GetStringAsync(new Uri(new Uri(page), file), Stop)).Length > 0);
            }
            Assert.DoesNotContain("http", html, StringComparison.OrdinalIgnoreCase);
        }
        string guessed = page[..^1] + (page[^1] == 'A' ? 'E' : 'A');
        using (var answer = await anybody.GetAsync(new Uri(guessed), Stop)) Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);

        Assert.Equal(HttpStatusCode.Forbidden, await RefusedAsync(page, "https://elsewhere.example"));
        Assert.Equal(HttpStatusCode.Forbidden, await RefusedAsync(page, "null"));
        Assert.Equal(HttpStatusCode.Forbidden, await RefusedAsync(page, origin: null));
        // A name that somebody has made to lead here.
        Assert.Equal(HttpStatusCode.Forbidden, await RefusedAsync(page, "http://elsewhere.example", host: "elsewhere.example"));
        Assert.Equal(HttpStatusCode.NotFound, await RefusedAsync(guessed, OriginOf(page)));
        // There is no lab behind this node, and the page is told so.
        using var socket = await OpenAsync(page, OriginOf(page));
        using var browser = new Browser(socket);
        await Eventually.TrueAsync(() => browser.Reason is not null, "the socket is closed");
        Assert.Equal("the lab is away", browser.Reason);
    }

    [Fact]
    public async Task Without_a_lab_there_are_no_pages_and_a_link_needs_a_number()
    {
        await using var node = await RunningNode.StartAsync();
        var refused = await Assert.ThrowsAsync<StartRefused>(() => LinkAsync(node));
        Assert.Contains("--lab", refused.Message, StringComparison.Ordinal);
        refused = await Assert.ThrowsAsync<StartRefused>(() => LinkAsync(node, "sip:desk@example.com"));
        Assert.Contains("+E.164", refused.Message, StringComparison.Ordinal);
        using var answer = await node.Api.GetAsync("/try/anything", Stop);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        using var script = await node.Api.GetAsync("/try-page.js", Stop);
        Assert.Equal(HttpStatusCode.NotFound, script.StatusCode);
    }

    private static async Task<string> LinkAsync(RunningNode node, string to = AgentRig.Number)
    {
        var answer = await node.Socket.SendAsync(HttpMethod.Post, "operator/v1/try_links", new JsonObject { ["to"] = to }, Stop);
        return (string)answer["data"]!["url"]!;
    }

    private static string OriginOf(string page) => new Uri(page).GetLeftPart(UriPartial.Authority);

    private static async Task<HttpStatusCode> RefusedAsync(string page, string? origin, string? host = null)
    {
        using var socket = await OpenAsync(page, origin, host);
        Assert.NotEqual(WebSocketState.Open, socket.State);
        return socket.HttpStatusCode;
    }

    private static async Task<ClientWebSocket> OpenAsync(string page, string? origin, string? host = null)
    {
        var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        if (origin is not null) socket.Options.SetRequestHeader("Origin", origin);
        if (host is not null) socket.Options.SetRequestHeader("Host", host);
        try
        {
            await socket.ConnectAsync(new($"{page}/call".Replace("http:", "ws:", StringComparison.Ordinal)), Stop);
        }
        catch (WebSocketException)
        {
            Assert.NotEqual(HttpStatusCode.SwitchingProtocols, socket.HttpStatusCode);
        }
        return socket;
    }

    private static async Task<LabNode> StartLabAsync(RunningNode node)
    {
        int first = FreePort.UdpRange(64);
        var lab = new LabNode(new()
        {
            Node = node.Node.Settings.ForLab!, FirstRtpPort = first, LastRtpPort = first + 63,
            ControlSocket = LabRole.SocketFor(node.Node.Settings.Data),
        }, new Speechless(), NullLoggerFactory.Instance);
        await lab.StartAsync(Stop);
        return lab;
    }

    /// <summary>What the page's script does. Its microphone never stops.</summary>
    private sealed class Browser : IDisposable
    {
        private const int Rate = 16_000, FrameBytes = sizeof(short) * Rate / 50;

        private readonly ClientWebSocket _socket;
        private readonly Lock _lock = new();
        private readonly List<short> _heard = [];
        private volatile string? _reason;
        private readonly CancellationTokenSource _stop = new();
        private volatile bool _isAnswered;
        private volatile int _hertz;

        public Browser(ClientWebSocket socket)
        {
            _socket = socket;
            _ = Task.Run(ListenAsync);
            _ = Task.Run(SendAsync);
        }

        public bool IsAnswered => _isAnswered;

        /// <summary>Of the end.</summary>
        public string? Reason => _reason;

        public void Dispose() => _stop.Cancel();

        /// <summary>A tone, until it was understood.</summary>
        public async Task SayAsync(int hertz, ToneWords ears)
        {
            _hertz = hertz;
            await Eventually.TrueAsync(() => ears.Last == hertz, $"{hertz} Hz are understood");
            _hertz = 0;
        }

        /// <summary>Of the quarters of a second that were heard, in the one that has most of it.</summary>
        public double LoudestShareOf(int hertz)
        {
            lock (_lock)
                return _heard.Chunk(Rate / 4).Where(part => part.Length == Rate / 4).Max(part => Waves.Share(part, hertz, Rate));
        }

        private async Task SendAsync()
        {
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
            byte[] tone = MemoryMarshal.AsBytes<short>(Waves.Sine(ToneWords.Yes, Rate, 1_000)).ToArray(), silence = new byte[FrameBytes];
            for (int i = 0; _reason is null; i++)
            {
                await timer.WaitForNextTickAsync(_stop.Token);
                var frame = _hertz == ToneWords.Yes ? tone.AsMemory(i % 50 * FrameBytes, FrameBytes) : silence;
                await _socket.SendAsync(frame, WebSocketMessageType.Binary, endOfMessage: true, _stop.Token);
            }
        }

        private async Task ListenAsync()
        {
            byte[] message = new byte[Rate];
            while (await WholeMessage.ReadAsync(_socket, message, Stop) is var (kind, length))
            {
                if (kind is WebSocketMessageType.Text) _isAnswered = true;
                else lock (_lock) _heard.AddRange(MemoryMarshal.Cast<byte, short>(message.AsSpan(0, length)));
            }
            _reason = _socket.CloseStatusDescription ?? "";
            if (_socket.State is WebSocketState.CloseReceived)
                await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Stop);
        }
    }

    /// <summary>Visitors speak for themselves.</summary>
    private sealed class Speechless : IPrompts
    {
        public ValueTask<PromptResult> PrepareAsync(TenantId tenant, PromptSource source, string codec, CancellationToken stop) =>
            new(PromptResult.Failed(PromptFailure.SpeechUnavailable, "nobody speaks here"));
    }
}
