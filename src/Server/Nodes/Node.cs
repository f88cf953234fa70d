using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using Ringwright.Calls;
using Ringwright.Campaigns;
using Ringwright.Campaigns.Numbering;
using Ringwright.Core;
using Ringwright.Egress;
using Ringwright.Http;
using Ringwright.MediaHost;
using Ringwright.MediaHost.Taps;
using Ringwright.Net;
using Ringwright.Operator;
using Ringwright.Programs;
using Ringwright.Server.Doctor;
using Ringwright.Server.Modules;
using Ringwright.Server.Roles;
using Ringwright.Server.Settings;
using Ringwright.Server.Telemetry;
using Ringwright.Speech.Recognition;
using Ringwright.Speech.Recordings;
using Ringwright.Store;
using Ringwright.Store.Blobs;
using Ringwright.Store.Forwarding;
using Ringwright.Store.Ledgers;
using Ringwright.Store.Recordings;
using Ringwright.Streams;
using Ringwright.Uploads;

namespace Ringwright.Server.Nodes;

/// <summary>
/// Every part of a running node and what its modules bring, joined. Parts start in the order in which they need each other;
/// they stop in the order in which calls let them go: no new calls, live ones end, the ledger is written, webhooks leave,
/// listeners close, the database closes.
/// </summary>
internal sealed class Node : IAsyncDisposable
{
    /// <summary>For the last webhooks (the hang-ups that a stop causes); what is left then is sent at the next start.</summary>
    private static readonly TimeSpan LastWebhooks = TimeSpan.FromSeconds(3);
    /// <summary>For the files of recordings that a stop ends; what is left then is saved at the next start.</summary>
    private static readonly TimeSpan LastRecordings = TimeSpan.FromSeconds(10);

    private readonly IBlobs? _blobs;
    private readonly Func<string?, IRecogniser?>? _givenRecognisers;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger _logger;
    private readonly TimeProvider _clock = TimeProvider.System;
    private readonly Readiness _readiness = new();
    private readonly DateTimeOffset _startedAt;
    private readonly CancellationTokenSource _hurry = new(), _closing = new(), _givenUp = new();
    private readonly Descriptors _descriptors;

    private Database? _database;
    private Ledger? _ledger;
    private EgressClient? _egress;
    private INodeMedia? _media;
    private SipEngine? _engine;
    private DialGate? _gate;
    private CommandForwarder? _forwarder;
    private SharedUse? _use;
    private ProgramHost? _programs;
    private NodeLiveAudio? _liveAudio;
    private Recognisers? _recognisers;
    private RecordingKeeper? _recordings;
    private EventDelivery? _delivery;
    private IReadOnlyList<JoinedModule> _modules = [];
    private readonly Stack<NamedSweep> _sweeps = new();
    private NumberingPlans? _plans;
    private JobRunner? _jobs, _uploads, _transcriptions;
    private RecordingUploads? _elsewhere;
    private StateTimers? _timers;
    private SelfTest? _selfTest;
    private ClockWatch? _clockWatch;
    private NodeGauges? _gauges;
    private WebListener? _public, _storage, _admin;
    private CancellationTokenRegistration _ledgerFailed;
    private bool _isStopped;

    private Node(ServeSettings settings, IBlobs? blobs, Func<string?, IRecogniser?>? recognisers, ILoggerFactory loggers)
    {
        _givenRecognisers = recognisers;
        Settings = settings;
        _blobs = blobs;
        _loggers = loggers;
        _logger = loggers.CreateLogger("Ringwright.Server");
        _startedAt = _clock.GetUtcNow();
        _descriptors = Descriptors.Of(SystemChecks.OpenFiles, hasMedia: !settings.HasMediaProcess);
    }

    /// <summary>With the ports that were really taken.</summary>
    public ServeSettings Settings { get; }

    public Database Database => _database ?? throw new InvalidOperationException("the node is not started");

    public Readiness Readiness => _readiness;

    /// <summary>Who turns speech into text here.</summary>
    public Recognisers Recognisers => _recognisers ?? throw new InvalidOperationException("the node is not started");

    public NodeStatus Status => new()
    {
        Version = ProgramVersion.Text,
        Pid = Environment.ProcessId,
        Http = $"http://{Settings.Http}",
        Admin = $"http://{Settings.Admin}",
        Sip = Settings.Sip.ToString(),
        Rtp = Settings.Rtp.ToString(),
        Networks = [.. Settings.Networks.Select(NodeNetwork.Of)],
        Media = Settings.HasMediaProcess ? "process" : "inline",
        MediaPid = _media?.ProcessId,
        IsReady = _readiness.IsReady,
        Troubles = _readiness.Troubles,
        DatabaseTrouble = _database?.Away,
        Legs = _engine?.LiveLegs ?? 0,
        StartedAt = _startedAt,
    };

    /// <param name="metrics">Null serves none.</param>
    /// <param name="output">Where secrets are shown, once.</param>
    /// <exception cref="StartRefused">The environment does not let the node start.</exception>
    public static Task<Node> StartAsync(ServeSettings settings, ILoggerFactory loggers, MetricStore? metrics, TextWriter output,
        CancellationToken stop) =>
        StartAsync(settings, blobs: null, loggers, metrics, output, stop);

    /// <param name="blobs">Where the files of customers are kept; null for the data folder.</param>
    /// <param name="recognisers">The recogniser of a name, or the usual one for null; null for those of the settings.</param>
    internal static async Task<Node> StartAsync(ServeSettings settings, IBlobs? blobs, ILoggerFactory loggers, MetricStore? metrics,
        TextWriter output, CancellationToken stop, Func<string?, IRecogniser?>? recognisers = null)
    {
        _ = Task.Run(NodeModules.Prepare, CancellationToken.None);
        // It may hold the ports that are looked at next.
        if (settings.HasMediaProcess && await MediaPidFile.EndOrphanAsync(settings.Data, stop) is { } orphan)
            loggers.CreateLogger("Ringwright.Server").MediaOrphanEnded(orphan);
        using var held = new HeldPorts();
        var node = new Node(Ports.Hold(settings, held), blobs, recognisers, loggers);
        try
        {
            await node.StartAsync(held, metrics, output, stop);
            return node;
        }
        catch
        {
            await node._hurry.CancelAsync();
            await node.DisposeAsync();
            throw;
        }
    }

    private async Task StartAsync(HeldPorts held, MetricStore? metrics, TextWriter output, CancellationToken stop)
    {
        // What answers to the same events shares one anchor, so that all wall times agree.
        var anchor = EngineClock.Anchor(_clock);
        var policy = TargetPolicy.For(Ports.Listeners(Settings), Settings.AllowTargets, Ports.LocalAddresses());

        _clockWatch = new ClockWatch(anchor, _clock, _loggers.CreateLogger("Ringwright.Net"));
        _clockWatch.Start();

        _database = await Databases.OpenAsync(Settings, _blobs, _clock, _loggers, stop);
        ReadyFile.Remove(Settings.ReadyFile);
        // A process takes its time to come up: the rest is made ready meanwhile.
        _media = StartMedia();
        await FirstStart.RunAsync(_database, Settings, output, stop);
        _egress = new EgressClient(policy, _clock, _descriptors.Out);
        var links = new PublicLinks(Ports.PublicUrl(Settings));
        var ground = new ModuleGround
        {
            Database = _database,
            DataFolder = Settings.Data,
            Egress = _egress,
            Links = links,
            Downloads = new(_database.Node, links),
            HasMail = Settings.Mail is not null,
            Retention = Settings.Retention,
            Time = _clock,
            Loggers = _loggers,
        };
        _modules = await NodeModules.JoinAsync(ground, stop);
        _delivery = new EventDelivery(_database, _egress, _descriptors.Out, Settings.Mail,
            (entry, last) => NodeModules.GivenUp(_modules, entry, last), _clock, _loggers);
        var ledger = _ledger = new Ledger(_database, anchor,
            [.. _modules.SelectMany(module => module.Projectors)], _loggers.CreateLogger("Ringwright.Store"));
        await RateFile.ApplyAsync(_database, Settings.Rates, stop);
        await ledger.RecoverAsync(stop, _media.Files);
        var recoveryByes = await ledger.ListRecoveryByesAsync(stop);

        var plans = _plans = NumberingPlans.Load();
        var gate = _gate = new DialGate(_database.Routing, plans, EmergencyNumbers.Load(plans),
            new DialGateOptions { IsLoopbackOnly = Settings.IsOnLoopbackOnly }, _clock,
            _use = SharedUse.Of(_database, _loggers.CreateLogger("Ringwright.Store")));
        await LoadMoneyAsync(gate, ledger, stop);
        _gauges = new(gate, () => _programs?.Count ?? 0);
        (var prompts, var speech) = Voices.Create(Settings, new PromptEncoder(), _egress, _database.Media, _clock, _loggers);
        await _media.ReadyAsync(stop);
        _recognisers = NodeRecognisers.Create(Settings, _egress, _clock, _loggers);
        _liveAudio = new(_media.Taps, _egress, _givenRecognisers ?? _recognisers.Of, _modules, Settings, _descriptors, _clock, _loggers);
        StartCalls(held, _media, ledger, recoveryByes, _modules.Aggregate((IDialGate)gate, (inner, module) => module.Watch(inner)),
            prompts, policy, anchor);
        await _recordings.RepairAsync(stop);
        _database.BeginService();
        await _engine.StartAsync(stop);
        _forwarder?.Start(_engine.Calls);
        _use?.Start(gate.Uses, gate.Hear, () => ReloadMoneyAsync(gate, CancellationToken.None));

        _delivery.Start();
        foreach (var sweep in _modules.SelectMany(module => module.Sweeps(ledger)))
        {
            sweep.Sweep.Start();
            _sweeps.Push(sweep);
        }

        _readiness.Add("ledger", () => ledger.IsReady ? null
            : Database.IsAvailable ? "More events wait to be written than the database takes."
            : "The database cannot be written: new calls are refused until it can.", isVital: false);
        _readiness.Add("ledger writer",
            () => ledger.Failed.IsCancellationRequested ? "The database is broken: see the log, and restore it." : null, isVital: true);
        _readiness.Add("media",
            () => _media.IsUp ? null : "The media process is away and is being started again: new calls are refused until it is there.",
            isVital: false);
        _readiness.Add("signalling",
            () => _engine.IsRunning ? null : "A signalling thread has ended: see the log, and restart the node.", isVital: true);
        // Without a ledger there is no call: what is live ends, and readiness stays off.
        _ledgerFailed = ledger.Failed.Register(() => _ = Task.Run(() =>
        {
            _engine.EndCalls(HangupCause.LedgerUnavailable);
            return _engine.StopAsync(TimeSpan.Zero, CancellationToken.None);
        }));
        ledger.Overflowed = () => _engine.EndCalls(HangupCause.LedgerUnavailable);

        _selfTest = NodeSelfTest.Create(Settings, Database, _engine, _media, speech, _clock, _logger);
        _selfTest.Start();
        await StartListenersAsync(held, ground, speech, metrics, stop);
    }

    /// <summary>The gate knows from now on what there is to spend. What an earlier start's calls cost is in the ledger by now.</summary>
    private Task LoadMoneyAsync(DialGate gate, Ledger ledger, CancellationToken stop)
    {
        ledger.Settled = gate.Charged;
        Database.Money.Posted = entry => gate.Paid(entry.Tenant, entry.Amount);
        return ReloadMoneyAsync(gate, stop);
    }

    private async Task ReloadMoneyAsync(DialGate gate, CancellationToken stop) =>
        await Database.Money.TellStandAsync(new(_clock.GetUtcNow().UtcDateTime.Date, TimeSpan.Zero), gate.Load, stop);

    private bool NeedsAuthority => Settings is { SipTls: not null, SipTlsCertificate: null };

    private INodeMedia StartMedia()
    {
        string? taps = TapFolder.Create();
        if (taps is null) _logger.NoTaps();
        var options = new MediaHostOptions
        {
            Networks = [.. Settings.Networks.Select(network => new MediaNetwork
            {
                Address = network.Rtp.Address, FirstPort = network.Rtp.First, LastPort = network.Rtp.Last,
                Advertise = Ports.Advertised(network, network.Rtp.Address),
            })],
            Epoch = Database.Node.Epoch,
            RecordingFolder = RecordingParts.In(Settings.Data).Folder,
            TapFolder = taps,
            MostPairs = Descriptors.MediaPairs(SystemChecks.OpenFiles, hasNode: !Settings.HasMediaProcess),
        };
        // Media has nothing to tell before the engine leases the first port.
        return Settings.HasMediaProcess
            ? new MediaRole(Settings, options with { WarmPairs = MediaRole.WarmPairs }, happened => _engine!.PostMedia(happened),
                lost => _engine!.PostMedia(lost), _loggers)
            : new InlineMedia(new InlineMediaHost(options, happened => _engine!.PostMedia(happened),
                _loggers.CreateLogger("Ringwright.MediaHost")));
    }

    [MemberNotNull(nameof(_engine), nameof(_recordings))]
    private void StartCalls(HeldPorts held, INodeMedia media, Ledger ledger, IReadOnlyList<KeptRecoveryBye> recoveryByes, IDialGate gate,
        IPrompts prompts, TargetPolicy policy, WallAnchor anchor)
    {
        _forwarder = new(Database, _loggers.CreateLogger("Ringwright.Store"));
        _recordings = new(Database, ledger, media.Files, RecordingParts.In(Settings.Data), _loggers.CreateLogger("Ringwright.Store"));
        var sip = new SipEngineOptions
        {
            Listen = Settings.Sip,
            Bound = held.TakeSip(Settings.Sip),
            Streams = new() { Connections = _descriptors.Sip },
            Advertise = Ports.Advertised(Settings.Networks[0], Settings.Sip.Address),
            Others = [.. Settings.Others.Select(other => new SipListener
            {
                Listen = other.Sip, Bound = held.TakeSip(other.Sip), Advertise = Ports.Advertised(other, other.Sip.Address),
                Secure = other.SipTls, SecureBound = other.SipTls is { } secure ? held.Take(secure) : null,
            })],
            Domains = Settings.SipDomains,
            IsLoopbackOnly = Settings.IsOnLoopbackOnly,
            HasOpus = media.HasOpus,
            SessionTimer = Settings.SessionTimer,
            Nat = Settings.Nat,
            InboundRinging = Settings.Ringing,
            Traces = Settings.HasCallTrace ? Database.Traces : null,
            Registrations = Database.Registrations,
            Tls = SipTls.Options(Settings, NeedsAuthority ? LocalAuthority.Open(Settings.Data, _clock) : null) is { } tls
                ? tls with { Bound = tls.Listen is { } first ? held.Take(first) : null }
                : null,
            Recordings = _recordings,
            Forwarder = _forwarder,
            LiveAudio = _liveAudio,
            Dials = DialClaims.Of(Database, ledger),
            RecoveryByes = recoveryByes,
            IsAfterStall = _clockWatch is { } watch ? () => watch.IsAfterStall : static () => false,
        };
        if (Settings.Shards > 0) sip = sip with { Shards = Settings.Shards };
        try
        {
            _engine = new SipEngine(sip, Database.Node, Database.Routing, ledger, gate, prompts, media.Plane, policy,
                anchor, _loggers, _clock);
        }
        catch (SocketException failed)
        {
            throw WebListener.Refusal(Settings.SipTls is null ? "--sip" : "--sip or --sip-tls", Settings.Sip, failed);
        }
        var feed = new EventFeed();
        ledger.Committed = feed.Publish;
        _programs = new(feed, _engine.Calls, leg => NodeModules.CreateProgram(leg.Application, Database), _clock,
            _loggers.CreateLogger("Ringwright.Programs"));
        _programs.Start();
    }

    private async Task StartListenersAsync(HeldPorts held, ModuleGround ground, ISpeech speech, MetricStore? metrics,
        CancellationToken stop)
    {
        var engine = _engine!; // started before the listeners, as are the other parts below that may be null
        var snowflakes = new Snowflakes(_clock, Database.Node.Node);
        var tokens = new AccessTokens(Database, ground.Links, _clock);
        var keys = KeyAuthenticator.Of(Database, tokens, _clock);
        var services = new ModuleServices
        {
            Http = new()
            {
                Pipeline = new()
                {
                    Routing = Database.Routing, Calls = engine.Calls, Time = _clock, Snowflakes = snowflakes, Links = ground.Links,
                    Closing = _closing.Token, Stopping = _givenUp.Token
                },
                Settings = new() { IsStrict = Settings.HasCheckedReplies },
                Limiter = new RequestLimiter(Settings.ApiRate, _clock),
                Keys = keys,
                Tokens = tokens,
            },
            Registrations = Database.Registrations.Among(engine.Registrations),
            TrunkHosts = engine.TrunkHosts,
            RecordingFiles = _media!.Files,
            Speech = new(speech, _liveAudio!.Transcriber),
            SelfTest = _selfTest!,
            Plans = _plans!,
            Events = _delivery!.Events,
            Holds = _gate,
            VerificationCaller = Settings.VerificationCaller,
        };
        IReadOnlyList<ServedApi> apis = [.. _modules.SelectMany(module => module.Serve(services))];

        _jobs = new JobRunner(Database.Jobs, Database.Blobs,
            [.. apis.SelectMany(api => api.Pipeline.Dialect.Jobs)], new JobOptions(), _clock, _loggers.CreateLogger("Ringwright.Http"));
        _jobs.Start();
        _elsewhere = new(Database, _ledger!, ground.Egress, _loggers.CreateLogger("Ringwright.Uploads"));
        _uploads = new JobRunner(Database.Jobs, Database.Blobs, [_elsewhere.Kind], RecordingUploads.Options, _clock,
            _loggers.CreateLogger("Ringwright.Http"));
        _uploads.Start();
        var transcribed = new RecordingTranscriptions(Database, _ledger!, new RecordingTranscriber(_givenRecognisers ?? _recognisers!.Of,
            _clock, _loggers.CreateLogger("Ringwright.Speech")), _loggers.CreateLogger("Ringwright.Uploads"));
        _transcriptions = new JobRunner(Database.Jobs, Database.Blobs, [transcribed.Kind], RecordingTranscriptions.Options, _clock,
            _loggers.CreateLogger("Ringwright.Http"));
        _transcriptions.Start();
        IReadOnlyList<LifeCycle> cycles = [.. apis.SelectMany(api => LifeCycle.Of(api.Pipeline.Dialect))];
        _timers = new StateTimers(Database.States, cycles, _clock, _loggers.CreateLogger("Ringwright.Http"));
        _timers.Start();

        // A snapshot may have brought keys and balances.
        void Loaded()
        {
            keys.Forget();
            if (_gate is { } gate) _ = ReloadMoneyAsync(gate, CancellationToken.None);
        }
        var parts = new OperatorParts
        {
            Store = Database,
            AsksForKey = Settings.NeedsOperatorKey,
            Accounts = new() { KeysChanged = keys.Forget, Holds = _gate, Events = _delivery.Events },
            Calls = new() { Control = engine.Calls, Explainer = engine.Routes, Traces = NodeModules.Traces(Database) },
            Trunks = new()
            {
                Registrations = engine.TrunkRegistrations,
                Targets = engine.TrunkTargets,
                Hosts = engine.TrunkHosts,
                HostCheck = engine.HostCheck,
                Test = async (trunk, gone) => [.. (await engine.PingAsync(trunk, gone)).Select(AdminListener.Show)],
            },
            Snowflakes = snowflakes,
            Snapshots = NodeModules.Snapshots(Database, Loaded),
            Cycles = cycles,
            Logger = _loggers.CreateLogger("Ringwright.Http"),
        };
        _admin = await AdminListener.StartAsync(Settings, parts, () => Status, metrics, held.Take(Settings.Admin),
            Budget("admin", _descriptors.Admin), _loggers, stop);
        if (Settings.Storage is { } storage)
            _storage = await WebListener.StartAsync("--storage", storage, held.Take(storage), Budget("storage", _descriptors.Storage),
                _loggers, null, app =>
                {
                    TrustedProxies.Trust(app, Settings.TrustedProxies);
                    foreach (var api in apis.Where(api => api.HasStorage)) app.MapStorage(api.Pipeline);
                }, stop);
        _public = await WebListener.StartAsync("--http", Settings.Http, held.Take(Settings.Http), Budget("http", _descriptors.Http),
            _loggers, null, app =>
            {
                TrustedProxies.Trust(app, Settings.TrustedProxies);
                app.Use((HttpContext http, RequestDelegate next) => WebListener.SayWhereAsync(http, next));
                _readiness.Map(app);
                foreach (var api in apis)
                {
                    app.MapDialect(api.Pipeline);
                    api.MapPages(app);
                }
                app.MapDownloads(Database, ground.Downloads, _clock, _elsewhere);
            }, stop);
    }

    /// <summary>A proxy that the operator names brings everybody's connections; and on a laptop all are his own.</summary>
    private ConnectionBudget Budget(string listener, ConnectionLimits limits) => ListenerBudget.Create(listener, limits,
        source => Settings.IsOnLoopbackOnly && IPAddress.IsLoopback(source) || Settings.TrustedProxies.Any(proxy => proxy.Contains(source)),
        _logger);

    /// <summary>Everything is up: new work may come.</summary>
    public void Open()
    {
        _readiness.IsServing = true;
        _logger.Started(ProgramVersion.Text, $"http://{Settings.Http}", string.Join(" and ", Settings.Networks.Select(n => n.Sip)),
            string.Join(" and ", Settings.Networks.Select(n => n.Rtp)), $"http://{Settings.Admin}", Settings.Data);
        (string, IPEndPoint)[] listeners =
            [("the API", Settings.Http), ("the operator's API", Settings.Admin), .. Settings.Networks.Select(n => ("SIP", n.Sip))];
        foreach (var (name, where) in listeners)
            if (!IPAddress.IsLoopback(where.Address)) _logger.Open(name, where);
        var (contested, taken) = AddressDisputes.Count(Database.Routing.Current);
        if (contested + taken > 0) _logger.AddressesInDispute(contested, taken);
    }

    /// <summary>Gives live calls no more time to end; for the second Ctrl-C.</summary>
    public void Hurry() => _hurry.Cancel();

    public async ValueTask DisposeAsync()
    {
        if (_isStopped) return;
        _isStopped = true;
        bool wasServing = _readiness.IsServing;
        _readiness.IsServing = false;
        _media?.Stay();
        await _ledgerFailed.DisposeAsync();
        if (_engine is { } engine)
        {
            if (wasServing) _logger.Draining(engine.LiveLegs, Settings.Drain.TotalSeconds);
            await EndAsync("signalling", () => engine.StopAsync(Settings.Drain, _hurry.Token));
        }
        if (_liveAudio is { } liveAudio) await EndAsync("live audio", () => liveAudio.DisposeAsync().AsTask());
        if (_forwarder is { } forwarder) await EndAsync("the commands of other nodes", () => forwarder.DisposeAsync().AsTask());
        if (_use is { } use) await EndAsync("what other nodes are told", () => use.DisposeAsync().AsTask());
        if (_programs is { } programs) await EndAsync("the programs", () => programs.DisposeAsync().AsTask());
        if (_recordings is { } recordings) await EndAsync("recordings", () => recordings.FinishAsync(LastRecordings));
        if (_transcriptions is { } transcriptions) await EndAsync("transcriptions", () => transcriptions.DisposeAsync().AsTask());
        if (_uploads is { } uploads) await EndAsync("uploads", () => uploads.DisposeAsync().AsTask());
        _elsewhere?.Dispose();
        if (_ledger is { } ledger) await EndAsync("the ledger", () => ledger.FlushAsync().AsTask());
        foreach (var (module, joined) in NodeModules.All.Zip(_modules))
            await EndAsync($"the module {module.Name}", () => joined.DisposeAsync().AsTask());
        // The last hang-ups are in the ledger now: their webhooks go out while the listeners still answer.
        if (_delivery is { } delivery) await EndAsync("delivery", () => delivery.StopAsync(wasServing ? LastWebhooks : TimeSpan.Zero));
        await _closing.CancelAsync();
        foreach (var listener in new[] { _public, _storage, _admin })
            if (listener is not null) await EndAsync("a listener", () => listener.DisposeAsync().AsTask());
        await _givenUp.CancelAsync();
        if (_timers is { } timers) await EndAsync("the timed moves", () => timers.DisposeAsync().AsTask());
        if (_jobs is { } jobs) await EndAsync("the jobs", () => jobs.DisposeAsync().AsTask());
        if (_media is { } media) await EndAsync("media", () => media.DisposeAsync().AsTask());
        _egress?.Dispose();
        if (_selfTest is { } selfTest) await EndAsync("the self-test", () => selfTest.DisposeAsync().AsTask());
        foreach (var (name, sweep) in _sweeps) await EndAsync(name, () => sweep.DisposeAsync().AsTask());
        if (_clockWatch is { } clockWatch) await EndAsync("the clock watch", () => clockWatch.DisposeAsync().AsTask());
        if (_database is { } database) await EndAsync("the database", () => database.DisposeAsync().AsTask());
        _gauges?.Dispose();
        foreach (var source in new[] { _hurry, _closing, _givenUp }) source.Dispose();
        if (wasServing) _logger.Stopped();
    }

    /// <summary>One part that fails to stop must not keep the others from it.</summary>
    private async Task EndAsync(string part, Func<Task> end)
    {
        try
        {
            await end();
        }
        catch (Exception failed)
        {
            _logger.StopFailed(part, failed);
        }
    }
}
