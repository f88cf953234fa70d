using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Ringwright.Examples;

/// <summary>Where the phone company is, and what of it is ours.</summary>
public sealed record ExampleSettings
{
    public required string ApiKey { get; init; }
    public required string BaseUrl { get; init; }
    /// <summary>whsec_ and base64: what webhooks are signed with.</summary>
    public required string Secret { get; init; }
    public required int Port { get; init; }
    /// <summary>Where the phone company reaches this program.</summary>
    public required string Address { get; init; }
    public required string Number { get; init; }
}

/// <summary>What happened on a call.</summary>
/// <param name="State">What was said with the last command comes back with each event after it: nothing is remembered here.</param>
public sealed record CallStep(string Type, JsonObject Payload, JsonObject State)
{
    public string Call => Text("call_control_id") ?? "";

    public string? Text(string field) => (string?)Payload[field];
}

/// <summary>A number of yours leads to this program, and whatever happens on its calls comes here, signed (Standard Webhooks).</summary>
public sealed class ExampleLine : IAsyncDisposable
{
    private const int MostBytes = 1_000_000, Remembered = 1_000;

    /// <summary>Older than that it is somebody's copy.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(5);

    private readonly ExampleSettings _settings;
    private readonly Func<ExampleLine, CallStep, Task> _handle;
    private readonly Func<JsonSocket, CancellationToken, Task>? _talk;
    /// <summary>So that nobody else's audio is taken.</summary>
    private readonly string _streamToken = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
    private readonly HttpClient _api;
    private readonly byte[] _secret;
    private readonly WebApplication _web;
    private readonly Lock _gate = new();
    private readonly Queue<string> _order = new();
    private readonly HashSet<string> _seen = [];
    private readonly Dictionary<string, Task> _turns = [];
    private string _application = "";

    private ExampleLine(ExampleSettings settings, Func<ExampleLine, CallStep, Task> handle, Func<JsonSocket, CancellationToken, Task>? talk)
    {
        _settings = settings;
        _handle = handle;
        _talk = talk;
        _secret = Convert.FromBase64String(settings.Secret.Replace("whsec_", "", StringComparison.Ordinal));
        if (_secret.Length == 0)
            throw new InvalidOperationException("WEBHOOK_SECRET is needed, the webhook secret that the account's making has printed: "
                + "without it anybody could say what happens on calls");
        _api = new()
        {
            BaseAddress = new(settings.BaseUrl.TrimEnd('/') + "/"),
            DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", settings.ApiKey) },
        };
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{settings.Port}");
        _web = builder.Build();
        _web.UseWebSockets();
        _web.Run(TakeAsync);
    }

    public string Number => _settings.Number;

    /// <summary>Done when the program is to end.</summary>
    public Task Closed => _web.WaitForShutdownAsync();

    /// <param name="name">Of the application, which is made when the account has none of that name.</param>
    /// <param name="handle">Gets a call's events one after another.</param>
    /// <param name="talk">Has the audio of each call that <see cref="AnswerWithAudioAsync"/> answers, until it returns.</param>
    public static async Task<ExampleLine> OpenAsync(ExampleSettings settings, string name, Func<ExampleLine, CallStep, Task> handle,
        Func<JsonSocket, CancellationToken, Task>? talk = null)
    {
        var line = new ExampleLine(settings, handle, talk);
        await line._web.StartAsync();
        line._application = await line.ApplicationAsync(name);
        await line.LeadAsync(line._application);
        return line;
    }

    /// <summary>One of the actions of call control. A call that has ended meanwhile is no fault: its call.hangup says the rest.</summary>
    /// <param name="state">Comes back with each event after it.</param>
    public async Task SendAsync(string call, string action, JsonObject body, JsonObject? state = null)
    {
        if (state is not null) body["client_state"] = Written(state);
        using var answer = await _api.PostAsJsonAsync($"calls/{Uri.EscapeDataString(call)}/actions/{action}", body);
        if (answer.IsSuccessStatusCode) return;
        string text = await answer.Content.ReadAsStringAsync();
        if (!text.Contains("90018", StringComparison.Ordinal)) Console.Error.WriteLine($"{action}: {(int)answer.StatusCode} {text}");
    }

    /// <summary>Answers, and has the node open a socket to this program with the call's audio, both ways.</summary>
    public Task AnswerWithAudioAsync(string call) => SendAsync(call, "answer", new()
    {
        ["stream_url"] = "ws" + _settings.Address["http".Length..], ["stream_track"] = "inbound_track", ["stream_codec"] = "PCMU",
        ["stream_bidirectional_mode"] = "rtp", ["stream_bidirectional_codec"] = "PCMU", ["stream_auth_token"] = _streamToken,
    });

    /// <summary>Calls somebody from the number.</summary>
    /// <param name="body">What is to be said of the call beside who calls whom.</param>
    /// <param name="state">Comes back with each of its events.</param>
    public async Task DialAsync(string to, JsonObject body, JsonObject state)
    {
        (body["connection_id"], body["from"], body["to"], body["client_state"]) = (_application, Number, to, Written(state));
        await AskAsync(HttpMethod.Post, "calls", body);
    }

    public async ValueTask DisposeAsync()
    {
        await _web.DisposeAsync();
        _api.Dispose();
    }

    private async Task<string> ApplicationAsync(string name)
    {
        var settings = new JsonObject { ["application_name"] = name, ["webhook_event_url"] = _settings.Address };
        var all = await AskAsync(HttpMethod.Get, "call_control_applications?page[size]=250");
        if (all.AsArray().FirstOrDefault(one => (string?)one!["application_name"] == name) is { } known)
            return (string)(await AskAsync(HttpMethod.Patch, $"call_control_applications/{known["id"]}", settings))["id"]!;
        var profiles = await AskAsync(HttpMethod.Get, "outbound_voice_profiles");
        // By which it may call out.
        if (profiles.AsArray().FirstOrDefault() is { } profile)
            settings["outbound"] = new JsonObject { ["outbound_voice_profile_id"] = (string?)profile["id"] };
        return (string)(await AskAsync(HttpMethod.Post, "call_control_applications", settings))["id"]!;
    }

    private async Task LeadAsync(string application)
    {
        var found = await AskAsync(HttpMethod.Get, $"phone_numbers?filter[phone_number]={Uri.EscapeDataString(Number)}");
        // The filter finds numbers that begin so, too.
        var number = found.AsArray().FirstOrDefault(one => (string?)one!["phone_number"] == Number)
            ?? throw new InvalidOperationException($"the account has no number {Number}: say one of yours by NUMBER");
        await AskAsync(HttpMethod.Patch, $"phone_numbers/{number["id"]}", new() { ["connection_id"] = application });
    }

    private async Task<JsonNode> AskAsync(HttpMethod method, string path, JsonObject? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        using var answer = await _api.SendAsync(request);
        string text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode ? JsonNode.Parse(text)!["data"]!
            : throw new InvalidOperationException($"{method} {path} answers {(int)answer.StatusCode}: {text}");
    }

    private static string Written(JsonObject state) => Convert.ToBase64String(Encoding.UTF8.GetBytes(state.ToJsonString()));

    private async Task TakeAsync(HttpContext http)
    {
        if (http.WebSockets.IsWebSocketRequest)
        {
            await TakeStreamAsync(http);
            return;
        }
        using var told = new MemoryStream();
        byte[] part = new byte[8_192];
        while (await http.Request.Body.ReadAsync(part, http.RequestAborted) is var count and > 0 && told.Length <= MostBytes)
            told.Write(part, 0, count);
        if (told.Length > MostBytes || !IsSigned(http.Request.Headers, told.ToArray()))
        {
            Console.Error.WriteLine("refused a webhook that the phone company has not signed");
            http.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }
        // Answered at once: what follows from it takes longer than the sender waits.
        Begin(JsonNode.Parse(told.ToArray())!["data"]!.AsObject());
    }

    private async Task TakeStreamAsync(HttpContext http)
    {
        if (_talk is null || !CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(http.Request.Headers["x-telnyx-streaming-auth-token"].ToString()), Encoding.UTF8.GetBytes(_streamToken)))
        {
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }
        using var socket = await http.WebSockets.AcceptWebSocketAsync();
        try
        {
            await _talk(new(socket), http.RequestAborted);
        }
        catch (Exception broken)
        {
            Console.Error.WriteLine($"the stream broke: {broken.Message}");
        }
        // Where it is only dropped the node opens it once more.
        if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, http.RequestAborted);
    }

    private bool IsSigned(IHeaderDictionary headers, byte[] body)
    {
        string id = headers["webhook-id"].ToString(), at = headers["webhook-timestamp"].ToString();
        if (!long.TryParse(at, out long seconds)) return false;
        if ((TimeProvider.System.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(seconds)).Duration() > Fresh) return false;
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{id}.{at}."), .. body];
        string expected = "v1," + Convert.ToBase64String(HMACSHA256.HashData(_secret, signed));
        return headers["webhook-signature"].ToString().Split(' ').Any(given => CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(expected)));
    }

    private void Begin(JsonObject told)
    {
        string id = (string)told["id"]!;
        var payload = told["payload"]!.AsObject();
        string? state = (string?)payload["client_state"];
        var step = new CallStep((string)told["event_type"]!, payload,
            string.IsNullOrEmpty(state) ? new JsonObject() : JsonNode.Parse(Convert.FromBase64String(state))!.AsObject());
        lock (_gate)
        {
            if (!_seen.Add(id)) return;     // an answer that was lost on its way has it sent again
            _order.Enqueue(id);
            if (_order.Count > Remembered) _seen.Remove(_order.Dequeue());
            _turns[step.Call] = TurnAsync(_turns.GetValueOrDefault(step.Call) ?? Task.CompletedTask, step);
        }
    }

    private async Task TurnAsync(Task before, CallStep step)
    {
        await before;
        await Task.Yield();     // never under the lock
        try
        {
            await _handle(this, step);
        }
        catch (Exception failed)
        {
            Console.Error.WriteLine($"{step.Type}: {failed.Message}");
        }
        if (step.Type == "call.hangup") lock (_gate) _turns.Remove(step.Call);
    }
}
