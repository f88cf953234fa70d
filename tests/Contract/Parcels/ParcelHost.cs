using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http.Tests;
using Ringwright.Testing;
using static Ringwright.Http.Bind;

namespace Ringwright.Http.Parcels;

/// <summary>The parcel office on Kestrel on a free loopback port.</summary>
internal sealed class ParcelHost : IAsyncDisposable
{
    public const string Secret = "PARCEL-secret-0001", ReaderSecret = "PARCEL-reader-0001", OtherSecret = "PARCEL-other-00001";
    public const int LabelBytes = 100_000, MessageBytes = 10_000;

    /// <summary>What hangs is said to; less than a listener waits for its connections, so that one that is not closed is seen.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(1), GivesUpAfter = TimeSpan.FromMinutes(3);

    public static readonly TenantId Office = new(Guid.Parse("0ff1ce00-0000-4000-8000-000000000001"));
    public static readonly TenantId Other = new(Guid.Parse("07e40000-0000-4000-8000-000000000002"));

    private readonly WebApplication _app;
    private readonly TempFolder _folder = TempFolder.Quick();
    private readonly HttpClient _http;
    private readonly KeyAuthenticator _keys;
    private readonly CancellationTokenSource _closing = new();

    private ParcelHost()
    {
        _keys = new((key, _) => new(Keys.GetValueOrDefault(key)), Time, _ => new(Keys.Keys.Select(HashOf).ToList()));
        var sessions = new Sessions(ParcelForm.Session, new MemorySessions(Time), _keys,
            (caller, _) => new(Keys.Values.FirstOrDefault(c => c.KeyId == caller.KeyId)), Time);
        var rows = new MemoryRows();
        var contract = ParcelContract.Read();
        var parcels = new ResourceKind("parcel") { Filterable = ["colour"] };
        var dialect = new Dialect
        {
            Name = "parcels",
            Root = "/post/1",
            Contract = contract,
            Errors = ParcelContract.ReadErrors(),
            Form = ParcelForm.Form,
            Bindings = new(contract,
            [
                Crud("ListParcels", parcels), Crud("AddParcel", parcels), Crud("GetParcel", parcels),
                Crud("ChangeParcel", parcels), Crud("DropParcel", parcels),
                Upload("PutLabel", LabelBytes, PutLabelAsync),
                Download("GetLabel", op => new(GetLabel(op))),
                Socket("TalkParcels", MessageBytes, TalkAsync),
                Handle("OpenSession", op => OpenAsync(op, sessions)),
                Handle("ShowSession",
                    op => new(op.Ok(new JsonObject { ["token"] = TokenOf(op.Credential), ["asked"] = string.Join('&', op.Query.Pairs) }))),
                Handle("CloseSession", async op => op.NoContent().With("set-cookie", await sessions.CloseAsync(op))),
            ]),
            Json = JsonSerializerOptions.Default,
            Rows = _ => rows,
        };
        var services = new PipelineServices
        {
            Routing = new NoRouting(), Calls = new NoCalls(), Time = Time, Snowflakes = new(Time, 1), Closing = _closing.Token
        };
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Logging.SetMinimumLevel(LogLevel.Trace).AddProvider(Log);
        // As the program does: its lines have the whole query.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = GivesUpAfter);
        _app = builder.Build();
        _app.MapDialect(new(dialect, sessions, new RequestLimiter(1_000_000, Time), services, new() { IsStrict = true },
            new LoggerFactory([Log]).CreateLogger<Pipeline>()));
        _http = new(new SocketsHttpHandler { UseCookies = false });
    }

    public FakeTimeProvider Time { get; } = new();
    public LogCatcher Log { get; } = new();
    public ConcurrentDictionary<string, Caller> Keys { get; } = new(StringComparer.Ordinal)
    {
        [Secret] = new(Office, null, CallerRole.Owner, "office"),
        [ReaderSecret] = new(Office, null, CallerRole.Reader, "reader"),
        [OtherSecret] = new(Other, null, CallerRole.Owner, "other"),
    };

    /// <summary>Hears how each upload goes on: the bytes that are there so far, or what it ended with.</summary>
    public Action<long> Uploaded { get; set; } = static _ => { };
    public TaskCompletionSource<Exception> Broken { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static async Task<ParcelHost> StartAsync()
    {
        var host = new ParcelHost();
        await host._app.StartAsync(Stop);
        host._http.BaseAddress = new(host._app.Urls.First() + "/post/1/");
        return host;
    }

    public static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Scheme, host and port.</summary>
    public string Origin => _app.Urls.First();

    /// <summary>What is asked with a revoked key from here on is asked about anew.</summary>
    public void Revoke(string secret)
    {
        Assert.True(Keys.TryRemove(secret, out _));
        _keys.Forget();
    }

    public static AuthenticationHeaderValue Basic(string secret, TenantId? user = null) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{(user ?? Office).ToString()[..8]}:{secret}")));

    public HttpRequestMessage Request(string method, string path, string? json = null, string? secret = Secret,
        params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(new(method), path);
        if (json is not null) request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        if (secret is not null) request.Headers.Authorization = Basic(secret, secret == OtherSecret ? Other : Office);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return request;
    }

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request) => _http.SendAsync(request, Stop);

    /// <summary>The status and the body, whatever it is.</summary>
    public async Task<(int Status, string Text)> AskAsync(
        string method, string path, string? json = null, string? secret = Secret, params (string Name, string Value)[] headers)
    {
        using var request = Request(method, path, json, secret, headers);
        using var response = await SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(Stop));
    }

    public async Task<JsonObject> ResultAsync(int status, string method, string path, string? json = null)
    {
        var (found, text) = await AskAsync(method, path, json);
        Assert.True(status == found, $"{found} {text}");
        var body = JsonNode.Parse(text)!.AsObject();
        Assert.True((bool)body["ok"]!);
        return body;
    }

    /// <summary>Logs in by the secret.</summary>
    public async Task<(string Cookie, string Token)> LoginAsync(string secret = Secret)
    {
        using var response = await SendAsync(Request("POST", "session", $$"""{"secret":"{{secret}}"}""", secret: null));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        string token = (string)JsonNode.Parse(await response.Content.ReadAsStringAsync(Stop))!["result"]!["token"]!;
        return (response.Headers.GetValues("Set-Cookie").Single().Split(';')[0], token);
    }

    public async Task<ClientWebSocket> TalkAsync(string query = "", params (string Name, string Value)[] headers)
    {
        var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        foreach (var (name, value) in headers) socket.Options.SetRequestHeader(name, value);
        try
        {
            await socket.ConnectAsync(new(new Uri(Origin.Replace("http:", "ws:", StringComparison.Ordinal)), "/post/1/talk" + query), Stop);
        }
        catch (WebSocketException)
        {
            Assert.NotEqual(HttpStatusCode.SwitchingProtocols, socket.HttpStatusCode);
        }
        return socket;
    }

    /// <summary>As a node does it.</summary>
    public async Task StopAsync()
    {
        await _closing.CancelAsync();
        await _app.StopAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await StopAsync();
        await _app.DisposeAsync();
        _closing.Dispose();
        _folder.Dispose();
    }

    private static string? TokenOf(Credential credential) =>
        credential.Kind is CredentialKind.Session ? Sessions.TokenOf(credential.Key!) : null;

    private static string HashOf(string text) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private string PathOf(OperationContext op) => Path.Combine(_folder.Path, HashOf($"{op.Tenant}/{op.Path("key")}"));

    private async ValueTask<Reply> PutLabelAsync(OperationContext op, Stream body)
    {
        string path = PathOf(op), part = path + ".part";
        long bytes = 0;
        try
        {
            await using (var file = File.Create(part))
            {
                var buffer = new byte[4096];
                while (await body.ReadAsync(buffer, op.Stop) is > 0 and var read)
                {
                    await file.WriteAsync(buffer.AsMemory(0, read), op.Stop);
                    Uploaded(bytes += read);
                }
            }
            File.Move(part, path, overwrite: true);
        }
        catch (Exception broken)
        {
            File.Delete(part);
            Broken.TrySetResult(broken);
            throw;
        }
        return op.Ok(new JsonObject { ["bytes"] = bytes });
    }

    private Reply GetLabel(OperationContext op)
    {
        try
        {
            return op.File(PathOf(op), "application/octet-stream", "label.bin");
        }
        catch (FileNotFoundException)
        {
            return op.Unknown("key");
        }
    }

    private static async Task TalkAsync(OperationContext op, MessageSocket socket, CancellationToken stop)
    {
        while (await socket.ReceiveAsync(stop) is { } message)
        {
            if (message is { IsText: true } && message.Bytes.Span.SequenceEqual("fail"u8))
                throw new InvalidOperationException("on purpose");
            await socket.SendAsync(message.Bytes.ToArray(), message.IsText, stop);
        }
    }

    private async ValueTask<Reply> OpenAsync(OperationContext op, Sessions sessions)
    {
        var found = await _keys.FindAsync(new("Bearer", (string)op.ReadObject()["secret"]!, op.Credential.Remote), op.Stop);
        if (found.Caller is not { } caller) return op.Fail(found.Refusal ?? Fault.Unauthenticated);
        var (cookie, token) = await sessions.OpenAsync(op, caller);
        return op.Ok(new JsonObject { ["token"] = token }).With("set-cookie", cookie);
    }

    private sealed class NoRouting : IRouting
    {
        public RoutingSnapshot Current => RoutingSnapshot.Empty;
    }

    private sealed class NoCalls : ICallControl
    {
        public ValueTask<Dialled> DialAsync(DialRequest request, CancellationToken stop) =>
            throw new InvalidOperationException("nobody dials here");
        public ValueTask<Ack> SendAsync(Subject to, SubjectCommand command, CancellationToken stop) =>
            throw new InvalidOperationException("nobody commands here");
    }
}

/// <summary>Every line that anybody logs, at every level.</summary>
internal sealed class LogCatcher : ILoggerProvider, ILogger
{
    public ConcurrentQueue<string> Lines { get; } = [];

    public ILogger CreateLogger(string categoryName) => this;
    public IDisposable? BeginScope<TState>(TState state) where TState : notnull
    {
        Lines.Enqueue($"scope {state}");
        return null;
    }

    public bool IsEnabled(LogLevel logLevel) => true;
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter) =>
        Lines.Enqueue($"{logLevel} {eventId} {formatter(state, exception)} {exception}");
    public void Dispose() { }
}
