using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Resources;
using Ringwright.Telnyx;

namespace Ringwright.Http.Tests;

/// <summary>A dialect on Kestrel on a free loopback port, with the Telnyx contract and whatever bindings a test gives it.</summary>
internal sealed class ApiHost : IAsyncDisposable
{
    public const string Key = "KEY0123456789_secret";
    public static readonly TenantId Tenant = new(Guid.Parse("11111111-1111-1111-1111-111111111111"));

    private readonly WebApplication _app;

    private ApiHost(WebApplication app, Uri address)
    {
        _app = app;
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = address };
    }

    public HttpClient Client { get; }

    public sealed record Options
    {
        public IEnumerable<Binding> Bindings { get; init; } = [];
        public Func<ResourceKind, IResourceRows> Rows { get; init; } = _ => throw new InvalidOperationException("no rows");
        public ICallControl Calls { get; init; } = new NoCalls();
        /// <summary>How subjects other than legs are named.</summary>
        public IReadOnlyList<SubjectToken> Subjects { get; init; } = [];
        public int PerSecond { get; init; } = 1_000_000;
        public bool IsStorage { get; init; }
        public bool IsStrict { get; init; } = true;
        public TimeProvider Time { get; init; } = TimeProvider.System;
        public Func<string, Caller?> Keys { get; init; } = key => key == Key ? new Caller(Tenant, null, CallerRole.Owner, "key-1") : null;
        public Func<CancellationToken, ValueTask<IReadOnlyList<string>>>? ListKeys { get; init; }
        public long BodyBytes { get; init; } = Limits.BodyBytes;
    }

    /// <summary>Handlers that do nothing, for operations that are to be as if they were built.</summary>
    public static IEnumerable<Binding> Built(Func<Operation, bool> which) =>
        TelnyxFiles.Contract.Operations.Where(which).Select(o => Bind.Handle(o.Id, op => new(op.NoContent())));

    public static async Task<ApiHost> StartAsync(Options? options = null)
    {
        options ??= new();
        var contract = TelnyxFiles.Contract;
        var dialect = new Dialect
        {
            Name = "telnyx",
            Root = "/v2",
            Contract = contract,
            Errors = TelnyxFiles.Errors,
            // Tokens are had elsewhere.
            Form = TelnyxForm.Form with { Access = TelnyxForm.Form.Access with { Forms = [new CredentialForm.BearerHeader()] } },
            Bindings = new(contract, options.Bindings),
            Json = new(JsonSerializerDefaults.Web)
            {
                PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, TypeInfoResolver = new DefaultJsonTypeInfoResolver()
            },
            Rows = options.Rows,
            Subjects = [new(SubjectKind.Leg, "call_control_id", (_, token) => LegId.TryParse(token, out var leg) ? Subject.Of(leg) : null),
                .. options.Subjects],
            Refuse = refusal =>
                refusal is Refusal.UnknownLeg ? new("90015", "The call control ID is not valid.") : new("90018", "The call has ended."),
            Acknowledge = (op, _) => op.Ok(new JsonObject { ["result"] = "ok" }),
        };
        var services = new PipelineServices
        {
            Routing = new NoRouting(), Calls = options.Calls, Time = options.Time, Snowflakes = new(options.Time, 1)
        };
        var authenticator = new KeyAuthenticator((key, _) => new(options.Keys(key)), options.Time, options.ListKeys);
        var pipeline = new Pipeline(dialect, authenticator, new RequestLimiter(options.PerSecond, options.Time), services,
            new() { IsStrict = options.IsStrict, BodyBytes = options.BodyBytes }, new ToTestOutput(TestContext.Current.TestOutputHelper));

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        if (options.IsStorage) app.MapStorage(pipeline);
        else app.MapDialect(pipeline);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new(app, new(app.Urls.First()));
    }

    /// <summary>Sends a request with the key, and a JSON body where one is given.</summary>
    public Task<HttpResponseMessage> SendAsync(string method, string path, string? json = null, string? key = Key,
        string contentType = "application/json")
    {
        var request = new HttpRequestMessage(new(method), path);
        if (key is not null) request.Headers.Authorization = new("Bearer", key);
        if (json is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(json));
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        }

        return Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>Sends and reads the JSON reply, which must have this status.</summary>
    public async Task<JsonObject> JsonAsync(HttpStatusCode status, string method, string path, string? json = null)
    {
        using var response = await SendAsync(method, path, json);
        string text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(status == response.StatusCode, $"{method} {path}: {(int)response.StatusCode} {text}");
        return text.Length == 0 ? [] : JsonNode.Parse(text)!.AsObject();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    /// <summary>A fault of ours is shown with the test that met it.</summary>
    private sealed class ToTestOutput(ITestOutputHelper? output) : ILogger<Pipeline>
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter) =>
            output?.WriteLine($"{formatter(state, exception)} {exception}");
    }

    private sealed class NoRouting : IRouting
    {
        public RoutingSnapshot Current => RoutingSnapshot.Empty;
    }

    private sealed class NoCalls : ICallControl
    {
        public ValueTask<Dialled> DialAsync(DialRequest request, CancellationToken stop) =>
            throw new InvalidOperationException("no calls in this test");
        public ValueTask<Ack> SendAsync(Subject to, SubjectCommand command, CancellationToken stop) =>
            throw new InvalidOperationException("no calls in this test");
    }
}

internal static class Errors
{
    /// <summary>The status and the code of the first error.</summary>
    public static async Task<(HttpStatusCode Status, string? Code)> CodeAsync(this HttpResponseMessage response)
    {
        string text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return (response.StatusCode, text.StartsWith('{') ? JsonNode.Parse(text)?["errors"]?[0]?["code"]?.GetValue<string>() : null);
    }
}
