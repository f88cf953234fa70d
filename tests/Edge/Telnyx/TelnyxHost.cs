using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Admission;
using Ringwright.Admission.Numbering;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Edge.Campaigns;
using Ringwright.Edge.Dialects;
using Ringwright.Edge.Faults;
using Ringwright.Edge.Store;
using Ringwright.Egress;
using Ringwright.Http;
using Ringwright.Jobs;
using Ringwright.Operator;
using Ringwright.Server.Modules;
using Ringwright.Store;
using Ringwright.Store.Blobs;
using Ringwright.Store.Tables;
using Ringwright.Switch.Registrations;
using Ringwright.Switch.Routing;
using Ringwright.Telnyx;
using Ringwright.Testing;
using Ringwright.Uploads;

namespace Ringwright.Edge.Telnyx;

/// <summary>
/// This dialect and the operator's API on a real listener over a real database; only the engine is a double.
/// Replies are held against the contract.
/// </summary>
public sealed class TelnyxHost : IAsyncLifetime
{
    internal const string Key = "KEY0123456789ABCDEF_test", OtherTenantKey = "KEYFEDCBA9876543210_other",
        OperatorKey = "operator-key-0123456789";

    private readonly TempFolder _folder = TempFolder.Quick();
    private WebApplication _app = null!;        // set before the first test
    private HttpClient _http = null!;
    private JobRunner _jobs = null!;
    private RecordingUploads _elsewhere = null!;
    private StateTimers _timers = null!;

    internal Database Store { get; private set; } = null!;
    internal Ids Ids { get; private set; } = null!;
    internal AccessTokens Tokens { get; private set; } = null!;
    internal RecordingCalls Calls { get; } = new();
    internal FakeTimeProvider Time { get; } = new(new DateTimeOffset(2025, 3, 4, 15, 0, 0, TimeSpan.Zero));
    /// <summary>What the dialect brings to this host, as it does to a node.</summary>
    internal JoinedModule Module { get; private set; } = null!;
    internal Ledger Ledger { get; private set; } = null!;
    /// <summary>What the operator's handlers log.</summary>
    internal Lines OperatorLog { get; } = new();
    /// <summary>Another place for files than the data folder.</summary>
    internal IBlobs? Elsewhere { get; init; }
    internal IBlobs Blobs => Store.Blobs;
    internal SilentFiles Files { get; } = new();
    internal NoSpeech Speech { get; } = new();
    internal NamedTranscriber Transcriber { get; } = new();
    internal TenantId Tenant { get; private set; }
    internal TenantId Stranger { get; private set; }
    internal string DataFolder => _folder.Path;
    internal TrunkHosts TrunkHosts { get; } = new();
    internal FixedRegistrations Registrations { get; } = new();
    internal PhoneLine Phones { get; } = new();

    public async ValueTask InitializeAsync()
    {
        var module = new TelnyxModule();
        Migrated.CopyTo(_folder.Path, module.Areas);
        Store = await Database.OpenAsync(new()
        {
            DataFolder = _folder.Path, Blobs = Elsewhere, Dialects = [.. module.Faces, Tiny.Faces], Areas = module.Areas
        }, Time, NullLogger.Instance, default);
        Tenant = (await Store.Tenants.CreateAsync("acme", TenantLimits.None, null, default))!.Tenant.Id;
        Stranger = (await Store.Tenants.CreateAsync("other", TenantLimits.None, null, default))!.Tenant.Id;
        await Store.ApiKeys.CreateAsync(Tenant, Key, KeyRole.Owner, "test", default);
        await Store.ApiKeys.CreateAsync(Stranger, OtherTenantKey, KeyRole.Owner, "test", default);
        await Store.OperatorKeys.AddAsync(OperatorKey, default);

        Ids = new(Store.Node);
        var links = new PublicLinks(new Uri("https://calls.example.com/api/"));
        var downloads = new DownloadLinks(Store.Node, links);
        var ground = new ModuleGround
        {
            Database = Store, DataFolder = _folder.Path, Egress = new(new() { IsLoopbackAllowed = false }, Time),
            Apis = new("sip.example.com"),
            Downloads = downloads, HasMail = true, Retention = new(), Time = Time, Loggers = NullLoggerFactory.Instance,
        };
        Module = await module.JoinAsync(ground, default);
        Ledger = new(Store, new(new Instant(0), Time.GetUtcNow()), Module.Projectors, NullLogger.Instance);

        var services =
            new PipelineServices { Routing = Store.Routing, Calls = Calls, Time = Time, Snowflakes = new(Time, 1), Links = links };
        var settings = new PipelineSettings { IsStrict = true };
        var limiter = new RequestLimiter(1_000_000, Time);
        Tokens = new(Store, links, Time);
        var keys = KeyAuthenticator.Of(Store, Tokens, Time);
        var api = Assert.Single(Module.Serve(new()
        {
            Http = new() { Pipeline = services, Settings = settings, Limiter = limiter, Keys = keys, Tokens = Tokens },
            Sip = new(Registrations, TrunkHosts) { Texts = Phones }, RecordingFiles = Files,
            Speech = new(Speech, Transcriber, new Ringwright.Texml.DocumentSoundReader(ground.Egress, Store)),
            SelfTest = new NoSelfTest(), Codes = new(FlashCallers: new("+15550199000", 1_000)),
            Plans = NumberingPlans.Load(), Events = new(Store, new(Store, module.WebhookFormats, TimeProvider.System), TimeProvider.System),
        }));

        var tiny = Tiny.Create(Store);
        IReadOnlyList<LifeCycle> cycles = [.. LifeCycle.Of(api.Pipeline.Dialect), .. LifeCycle.Of(tiny)];

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.MapDialect(api.Pipeline);
        api.MapPages(_app);
        var operating = new OperatorParts
        {
            Store = Store, AsksForKey = true,
            Calls = new() { Control = Calls, Explainer = Explainer(), Traces = NodeModules.Traces(Store) },
            Trunks = new() { Registrations = new TrunkBook(), Hosts = TrunkHosts, HostCheck = Hosts },
            Accounts = new() { KeysChanged = keys.Forget }, Snowflakes = services.Snowflakes,
            Snapshots = NodeModules.Snapshots(Store, keys.Forget), Cycles = cycles, Logger = OperatorLog,
        };
        _app.MapDialect(new Pipeline(OperatorDialect.Create(operating), new OperatorAuthenticator(Store.OperatorKeys, isKeyNeeded: true,
            Time), limiter, services, settings, NullLogger<Pipeline>.Instance));
        _app.MapDialect(new Pipeline(tiny, keys, limiter, services, settings, NullLogger<Pipeline>.Instance));
        _elsewhere = new(Store, Ledger, ground.Egress, NullLogger.Instance);
        _app.MapDownloads(Store, downloads, Time, _elsewhere);
        _jobs = new(Store.Jobs, Blobs, api.Pipeline.Dialect.Jobs, new JobOptions(), Time, NullLogger.Instance);
        _jobs.Start();
        _timers = new(Store.States, cycles, Time, NullLogger.Instance);
        _timers.Start();
        await _app.StartAsync();
        _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new(_app.Urls.First()) };
    }

    /// <summary>What is said of the next trunks' hosts.</summary>
    internal HostCheckDouble Hosts { get; } = new();

    internal sealed class HostCheckDouble : ITrunkHostCheck
    {
        public TrunkHostFinding Finding { get; set; }

        public ValueTask<TrunkHostFinding> CheckAsync(Trunk trunk, CancellationToken stop) => ValueTask.FromResult(Finding);
    }

    private RouteExplainer Explainer()
    {
        var plans = NumberingPlans.Load();
        return new(Store.Routing, new DialGate(Store.Routing, plans, EmergencyNumbers.Load(plans), new(), Time), TargetPolicy.Strict,
            "sip.example.com", SipDomains.None, TrunkHosts);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.DisposeAsync();
        await _timers.DisposeAsync();
        await _jobs.DisposeAsync();
        await Module.DisposeAsync();
        await Store.DisposeAsync();
        _folder.Dispose();
    }

    internal Task<Answer> SendAsync(string method, string path, string? body = null, string? key = Key) =>
        SendAsync(method, path, body is null ? null : new StringContent(body, Encoding.UTF8, "application/json"), key);

    internal async Task<byte[]> DownloadAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Authorization = new("Bearer", Key) } };
        using var response = await _http.SendAsync(request);
        Assert.Equal("application/octet-stream", response.EnsureSuccessStatusCode().Content.Headers.ContentType!.MediaType);
        return await response.Content.ReadAsByteArrayAsync();
    }

    internal async Task<Answer> SendAsync(string method, string path, HttpContent? content, string? key = Key)
    {
        using var request = new HttpRequestMessage(new(method), path) { Content = content };
        if (key is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var response = await _http.SendAsync(request);
        string text = await response.Content.ReadAsStringAsync();
        // A few lists come without an object around them.
        return new((int)response.StatusCode, text.Length == 0 ? [] : JsonNode.Parse(text) as JsonObject ?? [], text);
    }

    /// <summary>The answer as it came; a redirect is not followed.</summary>
    internal Task<HttpResponseMessage> SendAsync(HttpRequestMessage request) =>
        _http.SendAsync(request, TestContext.Current.CancellationToken);

    /// <summary>An answer that is no JSON.</summary>
    internal async Task<HttpResponseMessage> FetchRawAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Authorization = new("Bearer", Key) } };
        var response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        return response.EnsureSuccessStatusCode();
    }

    /// <summary>What a link in an answer gives, without a key; the links' public root stands for this host.</summary>
    internal Task<HttpResponseMessage> FetchAsync(string link, RangeHeaderValue? range = null)
    {
        const string root = "https://calls.example.com/api";
        Assert.StartsWith(root, link);
        var request = new HttpRequestMessage(HttpMethod.Get, link[root.Length..]);
        request.Headers.Range = range;
        return _http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>Makes an application and returns its id. Its webhook names an address, so that no test waits for a name server.</summary>
    internal async Task<string> ApplicationAsync(string name, string more = "")
    {
        var made = await SendAsync("POST", "/v2/call_control_applications",
            $$"""{"application_name":"{{name}}","webhook_event_url":"https://93.184.216.34/hooks"{{more}}}""");
        Assert.Equal(201, made.Status);
        return made.Data["id"]!.GetValue<string>();
    }

    /// <summary>The id of a SIP connection of that kind, made when there is none yet.</summary>
    internal async Task<string> ConnectionAsync(string kind)
    {
        string path = $"/v2/{kind}_connections";
        var known = await SendAsync("GET", $"{path}?filter[connection_name][contains]=standing {kind}");
        if (known.List.FirstOrDefault() is { } found) return (string)found["id"]!;
        string more = kind is "credential" ? """ ,"user_name":"standing","password":"password-1" """ : "";
        var made = await SendAsync("POST", path, $$"""{"connection_name":"standing {{kind}}"{{more}}}""");
        Assert.True(made.Status == 201, made.Text);
        return (string)made.Data["id"]!;
    }

    /// <summary>A leg in the ledger, with the token that names it.</summary>
    internal async Task<(LegFacts Facts, string Token)> LegAsync(string application, uint counter, Labels? labels = null, string? to = null)
    {
        var facts = FactsOf(application, counter) with { Labels = labels ?? Labels.Empty };
        if (to is not null) facts = facts with { To = to };
        Assert.True(await Ledger.AppendAsync(new CallEvent.LegInitiated { Leg = facts, At = facts.StartedAt }));
        return (facts, Ids.CallControl(Tenant, facts.Id));
    }

    /// <summary>A leg of this account, not in the ledger yet.</summary>
    internal LegFacts FactsOf(string application, uint counter) => Samples.Facts() with
    {
        Id = LegId.Compose(1, 0, Store.Node.Epoch, counter, counter * 7919UL),
        Uuid = TimeUuid.Create(Time.GetUtcNow(), counter * 104729UL),
        Session = new(TimeUuid.Create(Time.GetUtcNow(), counter * 1299709UL)),
        Tenant = Tenant,
        Connection = new(long.Parse(application)),
        StartedAt = Now,
    };

    /// <summary>What the listener runs for a path of its routing, without the listener.</summary>
    internal RequestDelegate Route(string method, string pattern) => ((IEndpointRouteBuilder)_app).DataSources
        .SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
        .Single(at => at.RoutePattern.RawText == pattern
            && at.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Contains(method) is true)
        .RequestDelegate!;

    /// <summary>The ledger's clock: its anchor was taken at the start of the test class.</summary>
    internal Instant Now => new Instant(0) + (Time.GetUtcNow() - new DateTimeOffset(2025, 3, 4, 15, 0, 0, TimeSpan.Zero));
}

/// <summary>Registrations as a test says them.</summary>
internal sealed class FixedRegistrations : IRegistrations
{
    public Dictionary<string, RegistrationStatus> Users { get; } = [];

    public ValueTask<RegistrationStatus> FindStatusAsync(string user, CancellationToken stop) => new(Users.GetValueOrDefault(user));
}

/// <summary>A media plane that writes no files; it may lack what MP3 needs.</summary>
internal sealed class SilentFiles : IRecordingFiles
{
    public bool HasMp3 { get; set; } = true;

    public string? Missing(RecordFormat format) =>
        format is RecordFormat.Mp3 && !HasMp3 ? "MP3 recordings need libmp3lame, which is not installed on this node." : null;
    public Task<RecordedFile> WhenWrittenAsync(Guid recording) => Task.FromResult(RecordedFile.Failed("nothing is written here"));
    public TimeSpan LengthLeft(RecordPlan plan) => TimeSpan.Zero;
    public Task<RecordedFile> RepairAsync(RecordPlan plan, CancellationToken stop) => WhenWrittenAsync(plan.Id);
}

/// <summary>A node without a voice, until a test gives it one.</summary>
/// <summary>Transcribes whatever it is asked for, unless a test says otherwise.</summary>
internal sealed class NamedTranscriber : ITranscriber
{
    public Func<string?, string, string?> Cannot { get; set; } = static (_, _) => null;

    public string? ProblemOf(string? recogniser, string language) => Cannot(recogniser, language);

    public string? ProblemOf(RecordFormat format) => null;
}

internal sealed class NoSpeech : ISpeech
{
    public bool HasVoice { get; set; }
    /// <summary>Why it speaks nothing.</summary>
    public PromptFailure Failure { get; set; } = PromptFailure.SpeechUnavailable;
    /// <summary>Who speaks by a name; itself when not set.</summary>
    public Func<string, VoiceStand> Stands { get; set; } = static voice => new(voice, Warning: null, Refusal: null);
    public IReadOnlyList<SpeechVoice> Voices => [];
    public VoiceStand Find(string voice) => Stands(voice);
    public SpeedRange Speeds => new(0.5, 2);
    public ValueTask<SpokenText> SpeakAsync(PromptSource.Speech speech, CancellationToken stop) =>
        new(HasVoice ? SpokenText.Of("mp3"u8.ToArray()) : SpokenText.Failed(Failure, "There is no voice here."));
}

/// <summary>A node that has not tried itself yet.</summary>
internal sealed class NoSelfTest : ISelfTest
{
    public ValueTask<IReadOnlyList<SelfTestResult>> ListAsync(CancellationToken stop) => new(Array.Empty<SelfTestResult>());
}

/// <summary>A reply over the wire.</summary>
internal sealed record Answer(int Status, JsonObject Body, string Text)
{
    public JsonObject Data => Body["data"]!.AsObject();
    public JsonArray List => Body["data"]!.AsArray();
    public JsonObject Error => Body["errors"]![0]!.AsObject();
    public string Code => Error["code"]!.GetValue<string>();
    public string? Pointer => (string?)Error["source"]?["pointer"];

    public void Refuses(int status, string code, string? pointer = null)
    {
        Assert.True(status == Status, Text);
        Assert.Equal(code, Code);
        if (pointer is not null) Assert.Equal(pointer, Pointer);
        Assert.NotEmpty((string?)Error["title"] ?? "");
        Assert.NotEmpty((string?)Error["detail"] ?? "");
    }
}
