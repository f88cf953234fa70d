using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Routing;
using Ringwright.Bench.Driving;
using Ringwright.Bench.Nodes;
using Ringwright.Bench.Sockets;

namespace Ringwright.Bench.Application;

/// <summary>The customer's side of a run: a web server that takes webhooks and acts on them, and a client that dials.</summary>
internal sealed class CustomerApplication : IAsyncDisposable
{
    private const int MostInRoom = 800;
    private const int LongestWait = 110;
    private const string Signature = "telnyx-signature-ed25519", PromptPath = "/prompts/", StatusPath = "/status",
        DocumentPath = "/documents/";

    private readonly WebApplication _server;
    private Run? _run;

    private CustomerApplication(WebApplication server) => _server = server;

    /// <summary>Where webhooks go.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1");

    /// <summary>Where calls are told of that documents command, and where the first document is.</summary>
    public static (Uri Status, Uri Document) Documents(Uri address) => (new(address, StatusPath), new(address, DocumentPath + "menu"));

    /// <summary>Where audio comes back.</summary>
    private string StreamUrl => $"ws://{Address.Authority}{StreamEcho.Path}";

    public IReadOnlyDictionary<string, int> Counts => _run?.Types ?? new ConcurrentDictionary<string, int>();
    public int Unsigned => _run?.Unsigned ?? 0;
    public int Repeated => _run?.Repeated ?? 0;
    public int FailedRequests => _run?.Failed ?? 0;
    public int Connections => _run?.Connections.Count ?? 0;
    public IReadOnlyCollection<double> QuestionMs => _run?.QuestionMs ?? [];

    public static async Task<CustomerApplication> StartAsync(CancellationToken stop)
    {
        // Nothing from outside configures it: the usual builders watch every file below the current folder,
        // and whoever writes one pays for that.
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRoutingCore();
        var application = new CustomerApplication(builder.Build());
        application._server.UseWebSockets();
        application._server.UseRouting();
        application._server.MapPost("/hooks", application.TakeAsync);
        application._server.MapPost(StatusPath, application.TakeStatusAsync);
        application._server.MapPost(DocumentPath + "{name}", application.GiveAsync);
        application._server.MapGet(StreamEcho.Path, StreamEcho.TakeAsync);
        application._server.MapGet(PromptPath + "{milliseconds:int}", PlayAsync);
        ProviderStubs.Map(application._server);
        await application._server.StartAsync(stop);
        // Kestrel always says where it listens
        string root = application._server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        application.Address = new($"{root}/hooks");
        return application;
    }

    /// <summary>A run begins: counts are at zero, and requests go as the plan says.</summary>
    public void Begin(CallPlan plan)
    {
        _run?.Dispose();
        // The node keeps what it has fetched: another length is another address.
        _run = new(plan, new Uri(Address, $"{PromptPath}{plan.PromptMilliseconds}"), StreamUrl);
    }

    public void Dial(int index) => _run?.Dial(index);

    /// <summary>Asks the API as often as the plan says until <see cref="QuietAsync"/>.</summary>
    public void Ask() => _run?.Ask();

    public async Task QuietAsync()
    {
        if (_run is { } run) await run.QuietAsync();
    }

    /// <summary>When the POST left, in nanoseconds; null when it did not.</summary>
    public long? DialledAt(int index) => _run?.DialledAt(index);

    /// <inheritdoc cref="DialledAt"/>
    public long? HungUpAt(int index) => _run?.HungUpAt(index);

    /// <summary>Until each type came so often, or the patience is over.</summary>
    /// <param name="idle">What the waiting thread does meanwhile; a few milliseconds.</param>
    public void WaitForWebhooks(IReadOnlyList<string> types, int each, TimeSpan patience, Action idle)
    {
        for (long limit = Poller.Now + patience.Ticks * 100; Poller.Now < limit && types.Any(t => Counts.GetValueOrDefault(t) < each);)
            idle();
    }

    private async Task TakeAsync(HttpContext http)
    {
        using var document = await JsonDocument.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted);
        _run?.Take(document.RootElement.GetProperty("data"), http.Request.Headers.ContainsKey(Signature), http.Connection.Id);
    }

    /// <summary>How a call of documents goes, counted by its status.</summary>
    private async Task TakeStatusAsync(HttpContext http)
    {
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        _run?.Count(form["CallStatus"].ToString(), http.Request.Headers.ContainsKey(Signature), http.Connection.Id);
    }

    /// <summary>The menu, and what comes behind a key.</summary>
    private Task GiveAsync(string name, HttpContext http)
    {
        _run?.Count(name, isSigned: true, http.Connection.Id);      // these are not
        http.Response.ContentType = "application/xml";
        return http.Response.WriteAsync(name == "menu" ? _run?.Menu ?? "" : "<Response><Hangup/></Response>", http.RequestAborted);
    }

    private static async Task PlayAsync(HttpContext http)
    {
        byte[] wav = ToneFile.Make(int.Parse((string)http.GetRouteValue("milliseconds")!, CultureInfo.InvariantCulture));
        http.Response.ContentType = "audio/wav";
        http.Response.ContentLength = wav.Length;
        await http.Response.Body.WriteAsync(wav, http.RequestAborted);
    }

    public async ValueTask DisposeAsync()
    {
        _run?.Dispose();
        await _server.DisposeAsync();
    }

    /// <summary>The counts of one run. Called from the web server's threads and from the driver's.</summary>
    private sealed class Run(CallPlan plan, Uri prompt, string stream) : IDisposable
    {
        private readonly CustomerApi _api = new(plan.Api, plan.Key);
        private readonly long[] _dialledAt = new long[plan.Calls], _hungUpAt = new long[plan.Calls];
        private readonly ConcurrentDictionary<string, byte> _seen = new(StringComparer.Ordinal);
        private readonly ConcurrentDictionary<string, int> _indices = new(StringComparer.Ordinal);
        private readonly CancellationTokenSource _stop = new();
        private readonly TaskCompletionSource<string> _room = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private Task _asking = Task.CompletedTask;
        private int _confers;
        private int _unsigned, _repeated, _failed;

        public ConcurrentDictionary<string, int> Types { get; } = new(StringComparer.Ordinal);
        public ConcurrentDictionary<string, byte> Connections { get; } = new(StringComparer.Ordinal);
        public ConcurrentQueue<double> QuestionMs { get; } = new();
        public int Unsigned => _unsigned;
        public int Repeated => _repeated;
        public int Failed => _failed;

        public long? DialledAt(int index) => Volatile.Read(ref _dialledAt[index]) is not 0 and var at ? at : null;

        public long? HungUpAt(int index) => Volatile.Read(ref _hungUpAt[index]) is not 0 and var at ? at : null;

        private string Spoken =>
            plan.Question.Length == 0 ? $$""" "initial_timeout_millis":{{LongestWait}}000 """
                : $$""" "payload":"{{plan.Question}}","voice":"male","language":"en-US" """;

        /// <summary>Asks once, for as long as anybody waits here.</summary>
        public string Menu { get; } = $"""
            <Response><Gather numDigits="1" timeout="{LongestWait}" action="chosen">{Say(plan.Question)}</Gather></Response>
            """;

        private static string Say(string text) => text.Length == 0 ? "" : $"<Say>{text}</Say>";

        public void Count(string type, bool isSigned, string connection)
        {
            Connections.TryAdd(connection, 0);
            if (!isSigned) Interlocked.Increment(ref _unsigned);
            Types.AddOrUpdate(type, 1, static (_, count) => count + 1);
        }

        public void Dial(int index) => _ = Task.Run(() =>
        {
            Volatile.Write(ref _dialledAt[index], Poller.Now);
            return PostAsync("calls",
                $$"""{"connection_id":"{{plan.Application}}","to":"{{NumberPlan.Of(index)}}","from":"{{plan.Number}}"}""");
        });

        public void Ask() => _asking = AskAsync();

        public async Task QuietAsync()
        {
            await _stop.CancelAsync();
            await _asking;
        }

        public void Take(JsonElement data, bool isSigned, string connection)
        {
            Connections.TryAdd(connection, 0);
            string type = data.GetProperty("event_type").GetString() ?? "";
            if (!isSigned) Interlocked.Increment(ref _unsigned);
            if (!_seen.TryAdd(data.GetProperty("id").GetString() ?? "", 0))
            {
                Interlocked.Increment(ref _repeated);
                return;
            }
            var payload = data.GetProperty("payload");
            if (plan.Habit is ApplicationHabit.Confers && IsOfAnother(type, payload)) return;
            Types.AddOrUpdate(type, 1, static (_, count) => count + 1);
            if (plan.Habit is ApplicationHabit.Listens || payload.GetProperty("call_control_id").GetString() is not { } call) return;
            if (type == "call.initiated")
            {
                // Only the first webhooks of a call say whose it is.
                if (NumberPlan.IndexOf(payload.GetProperty("from").GetString() ?? "") is { } index && index < plan.Calls)
                    _indices[call] = index;
                Act(call, "answer", "{}");
            }
            else if (plan.Habit is ApplicationHabit.Confers && type == "call.answered") _ = Task.Run(() => ConferAsync(call));
            else if (plan.Habit is ApplicationHabit.Asks && type == "call.answered")
                Act(call, plan.Question.Length == 0 ? "gather" : "gather_using_speak", $$"""
                    {"minimum_digits":1,"maximum_digits":1,"timeout_millis":{{LongestWait}}000,{{Spoken}}}
                    """);
            else if (plan.Habit is ApplicationHabit.Asks && type == "call.gather.ended" && plan.Ends is HangsUp.Node)
                Act(call, "hangup", "{}");
            else if (plan.Habit is ApplicationHabit.Streams && type == "call.answered")
                Act(call, "streaming_start", $$"""{"stream_url":"{{stream}}","stream_bidirectional_mode":"rtp"}""");
            else if (plan.Habit is ApplicationHabit.Converses && type == "call.answered")
                Act(call, "ai_assistant_start", """{"assistant":{"instructions":"Answer in one sentence."},"greeting":"Hello."}""");
            else if (plan.Habit is not ApplicationHabit.Plays) return;
            else if (type == "call.answered") Act(call, "playback_start", $$"""{"audio_url":"{{prompt}}"}""");
            else if (type == "call.playback.ended")
            {
                if (_indices.TryGetValue(call, out int index)) Volatile.Write(ref _hungUpAt[index], Poller.Now);
                Act(call, "hangup", "{}");
            }
        }

        /// <summary>A room of the run before says its last words when this one has begun.</summary>
        private bool IsOfAnother(string type, JsonElement payload) =>
            type.StartsWith("conference.participant.", StringComparison.Ordinal)
            && !_indices.ContainsKey(payload.GetProperty("call_control_id").GetString() ?? "");

        /// <summary>After the webhook is answered: a customer does not let the sender wait.</summary>
        private void Act(string call, string action, string body) =>
            _ = Task.Run(() => PostAsync($"calls/{Uri.EscapeDataString(call)}/actions/{action}", body));

        /// <summary>The first one makes the room, all others join it.</summary>
        private async Task ConferAsync(string call)
        {
            if (Interlocked.Increment(ref _confers) > 1)
            {
                await PostAsync($"conferences/{await _room.Task}/actions/join", $$"""{"call_control_id":"{{call}}"}""");
                return;
            }
            try
            {
                var made = await _api.SendAsync(HttpMethod.Post, "conferences", new()
                {
                    ["call_control_id"] = call,
                    ["name"] = $"room {Poller.Now:x}",
                    ["max_participants"] = MostInRoom,
                }, CancellationToken.None);
                _room.SetResult((string)made["id"]!);       // the contract demands it
            }
            catch (Exception e) when (e is HttpRequestException or BenchFailure)
            {
                Interlocked.Increment(ref _failed);
                _room.SetResult("none");
            }
        }

        private async Task PostAsync(string path, string body)
        {
            try
            {
                var (status, _) = await _api.TrySendAsync(HttpMethod.Post, path, body, CancellationToken.None);
                if (status is < 200 or > 299) Interlocked.Increment(ref _failed);
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException or ObjectDisposedException)
            {
                Interlocked.Increment(ref _failed);
            }
        }

        /// <summary>Evenly paced, each without waiting for the one before.</summary>
        private async Task AskAsync()
        {
            if (plan.Questions <= 0) return;
            long began = Poller.Now, asked = 0;
            while (!_stop.IsCancellationRequested)
            {
                for (double due = (Poller.Now - began) / 1e9 * plan.Questions; asked < due; asked++) _ = AskOnceAsync();
                await Task.Delay(2, CancellationToken.None);
            }
        }

        private async Task AskOnceAsync()
        {
            long began = Poller.Now;
            try
            {
                var (status, _) = await _api.TrySendAsync(HttpMethod.Get, $"call_control_applications/{plan.Application}", null,
                    CancellationToken.None);
                if (status != 200) Interlocked.Increment(ref _failed);
                QuestionMs.Enqueue((Poller.Now - began) / 1e6);
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException or ObjectDisposedException)
            {
                Interlocked.Increment(ref _failed);
            }
        }

        public void Dispose()
        {
            _stop.Dispose();
            _api.Dispose();
        }
    }
}
