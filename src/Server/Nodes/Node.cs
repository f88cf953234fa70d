// Longer than others: every part of a node, in the order in which they start and stop, is read in one place.
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using Ringwright.Admission;
using Ringwright.Admission.Numbering;
using Ringwright.Admission.Rating;
using Ringwright.Calls;
using Ringwright.Campaigns.Dialling;
using Ringwright.Campaigns.Windows;
using Ringwright.Core;
using Ringwright.Egress;
using Ringwright.Http;
using Ringwright.MediaHost;
using Ringwright.MediaHost.Taps;
using Ringwright.Net;
using Ringwright.Operator;
using Ringwright.Programs;
using Ringwright.Server.Clock;
using Ringwright.Server.Doctor;
using Ringwright.Server.Modules;
using Ringwright.Server.Roles;
using Ringwright.Server.Settings;
using Ringwright.Server.Telemetry;
using Ringwright.Server.Trying;
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
    private readonly TimeProvider _clock;
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
    private CampaignDialler? _dialler;
    private AccountWatch? _accountWatch;
    private NodeLiveAudio? _liveAudio;
    private Recognisers? _recognisers;
    private RecordingKeeper? _recordings;
    private EventDelivery? _delivery;
    private readonly IReadOnlyList<Module> _known;
    private IReadOnlyList<JoinedModule> _modules = [];
    private NodeCalls? _calls;
    private readonly Stack<Sweep> _sweeps = new();
    private NumberingPlans? _plans;
    private Lazy<RecipientZones>? _zones;
    private JobRunner? _jobs, _uploads, _transcriptions;
    private IReadOnlyList<JobRunner> _moduleJobs = [];
    private RecordingUploads? _elsewhere;
    private StateTimers? _timers;
    private SelfTest? _selfTest;
    private ClockWatch? _clockWatch;
    private NodeGauges? _gauges;
    private WebListener? _public, _storage, _admin;
    private CancellationTokenRegistration _ledgerFailed;
    private bool _isStopped;

    private Node(ServeSettings settings, IBlobs? blobs, Func<string?, IRecogniser?>? recognisers, IReadOnlyList<Module> modules,
        ILoggerFactory loggers)
    {
        _known = modules;
        _givenRecognisers = recognisers;
        Settings = settings;
        _blobs = blobs;
        _loggers = loggers;
        _logger = loggers.CreateLogger("Ringwright.Server");
        World = settings.VirtualStart is { } virtualStart ? new(virtualStart) : null;
        _clock = World?.Time ?? TimeProvider.System;
        _startedAt = TimeProvider.System.GetUtcNow();
        _descriptors = Descriptors.Of(SystemChecks.OpenFiles, hasMedia: !settings.HasMediaProcess);
    }

    /// <summary>With the ports that were really taken.</summary>
    public ServeSettings Settings { get; }

    /// <summary>Null on a node that goes by the wall clock.</summary>
    public VirtualWorld? World { get; }

    /// <summary>Between two looks for what other nodes did; null for what is usual.</summary>
    private TimeSpan? Rest => World is null ? null : VirtualWorld.Rest;

    public Database Database => _database ?? throw new InvalidOperationException("the node is not started");

    /// <summary>What the modules have brought.</summary>
    internal IReadOnlyList<JoinedModule> Modules => _modules;

    private IEnumerable<(string Name, JoinedModule Module)> Named => _known.Zip(_modules, (known, joined) => (known.Name, joined));

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
        Clock = World is null ? "wall" : "virtual",
        Media = Settings.HasMediaProcess ? "process" : "inline",
        MediaPid = _media?.ProcessId,
        IsReady = _readiness.IsReady,
        Troubles = _readiness.Troubles,
        DatabaseTrouble = _database?.Away,
        OldestWebhookSeconds = _delivery?.OldestWait is { Ticks: > 0 } wait ? wait.TotalSeconds : null,
        Legs = _engine?.LiveLegs ?? 0,
        Phones = _database?.Routing.Current.Sip.Users.Count ?? 0,
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
    /// <param name="modules">
    /// Beside those of every node, behind them. What is known without a node (documents beside records, tables, formats of webhooks) only
    /// <see cref="NodeModules.All"/> have.
    /// </param>
    internal static async Task<Node> StartAsync(ServeSettings settings, IBlobs? blobs, ILoggerFactory loggers, MetricStore? metrics,
        TextWriter output, CancellationToken stop, Func<string?, IRecogniser?>? recognisers = null, IReadOnlyList<Module>? modules = null)
    {
        IReadOnlyList<Module> all = [.. NodeModules.All, .. modules ?? []];
        _ = Task.Run(() => NodeModules.Prepare(all), CancellationToken.None);
        // Neither ports nor folder are touched before: they may be those of the process that is alive.
        if (settings.IsStandby) await Databases.WaitForPlaceAsync(settings, loggers, stop);
        // It may hold the ports that are looked at next.
        if (settings.HasMediaProcess && await MediaPidFile.EndOrphanAsync(settings.Data, stop) is { } orphan)
            loggers.CreateLogger("Ringwright.Server").MediaOrphanEnded(orphan);
        using var held = new HeldPorts();
        var node = new Node(Ports.Hold(settings, held), blobs, recognisers, all, loggers);
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
        var local = Ports.LocalAddresses();
        var own = new OwnPorts(local);
        var policy = TargetPolicy.For(Ports.Listeners(Settings), Settings.AllowTargets, local, Ports.AdvertisedAddresses(Settings), own,
            Settings.PublicUrl is { } root ? [root.IdnHost] : null);

        World?.Clock.Start();
        // Nobody sets a virtual clock, and it stands still as a matter of course.
        if (World is null)
        {
            _clockWatch = new ClockWatch(anchor, _clock, _loggers.CreateLogger("Ringwright.Net"));
            _clockWatch.Start();
        }

        VirtualRules.Claim(Settings);
        _database = await Databases.OpenAsync(Settings, _blobs, _clock, _loggers, stop);
        ReadyFile.Remove(Settings.ReadyFile);
        // A process takes its time to come up: the rest is made ready meanwhile.
        _media = StartMedia(own, local);
        await FirstStart.RunAsync(_database, Settings, output, stop);
        // The far ends of requests live by the wall clock, and so do secrets.
        _egress = new EgressClient(policy, TimeProvider.System, _descriptors.Out);
        var links = new PublicLinks(Ports.PublicUrl(Settings));
        var ground = new ModuleGround
        {
            Database = _database,
            DataFolder = Settings.Data,
            Egress = _egress,
            Downloads = new(_database.Node, links),
            HasMail = Settings.Mail is not null,
            Apis = new(Settings.SipDomains.Count > 0 ? Settings.SipDomains[0] : Settings.Sip.ToString(), Settings.HasIsoDialerTimes,
                Settings.Agents, Settings.Llm)
            {
                Compat = Settings.Compat,
            },
            Retention = Settings.Retention,
            Time = _clock,
            Rest = Rest,
            Loggers = _loggers,
        };
        _modules = await NodeModules.JoinAsync(_known, ground, stop);
        _delivery = new EventDelivery(_database, _egress, _descriptors.Out, Settings.Mail,
            (entry, last) => NodeModules.GivenUp(_modules, entry, last), _clock, Rest, _loggers);
        var ledger = _ledger = new Ledger(_database, anchor,
            [.. _modules.SelectMany(module => module.Projectors)], _loggers.CreateLogger("Ringwright.Store"));
        await RateFile.ApplyAsync(_database, Settings.Rates, stop);
        await ledger.RecoverAsync(stop, _media.Files);
        var recoveryByes = await ledger.ListRecoveryByesAsync(stop);

        var plans = _plans = NumberingPlans.Load();
        var gate = _gate = new DialGate(_database.Routing, plans, EmergencyNumbers.Load(plans),
            new DialGateOptions { IsLoopbackOnly = Settings.IsOnLoopbackOnly, AllowsUnpriced = Settings.AllowsUnpriced }, _clock,
            _use = SharedUse.Of(_database, _loggers.CreateLogger("Ringwright.Store")),
            new(_database.DoNotCall, _database.Routing));
        await _database.DoNotCall.StartAsync(stop);
        await LoadMoneyAsync(gate, ledger, stop);
        _gauges = new(gate, () => _programs?.Count ?? 0);
        (var prompts, var speech) = Voices.Create(Settings, new PromptEncoder(), _egress, _database.Media, TimeProvider.System, _loggers);
        if (World is { } world) prompts = world.Count(prompts);
        await _media.ReadyAsync(stop);
        _recognisers = NodeRecognisers.Create(Settings, _egress, TimeProvider.System, _loggers);
        _liveAudio = new(_media.Taps, _egress, _givenRecognisers ?? _recognisers.Of, _modules, _database.Routing,
            happened => ledger.TellNow(happened, _clock.GetUtcNow()), Settings, _descriptors, _clock, _loggers);
        _liveAudio.SayRecoveryByes(ledger.RecordingByes);
        StartCalls(held, _media, ledger, recoveryByes, _modules.Aggregate((IDialGate)gate, (inner, module) => module.Watch(inner)),
            prompts, policy, anchor);
        await _recordings.RepairAsync(stop);
        _database.BeginService();
        await _engine.StartAsync(stop);
        World?.Meter(_database, ledger, _egress, _engine, _media, _delivery);
        _forwarder?.Start(_engine.Calls);
        _use?.Start(gate.Uses, gate.Hear, () => ReloadMoneyAsync(gate, CancellationToken.None));

        _dialler = new(new()
        {
            Store = _database, Calls = _engine.Calls, Zones = _zones = new(() => RecipientZones.Load(plans)), Time = _clock,
            Log = _loggers.CreateLogger("Ringwright.Campaigns"),
            Agents = _modules.Select(module => module.QueueAgents).OfType<IQueueAgents>().FirstOrDefault(),
            RetriesAnswered = [.. _modules.Select(module => module.RetriesAnswered).OfType<string>()],
            Alone = _modules.Select(module => module.LoneAttempts).OfType<ILoneAttempts>().FirstOrDefault(),
            Rest = Rest ?? TimeSpan.FromSeconds(1),
            MostCalls = Math.Max(1, Settings.Channels * Settings.CampaignShare / 100),
            AccountCallsPerSecond = Settings.CampaignAccountRate is > 0 and var ofAccount ? ofAccount : null,
            CallerCallsPerSecond = Settings.CampaignCallerRate is > 0 and var ofCaller ? ofCaller : null,
        });
        _dialler.Start();
        _accountWatch = new(gate, _engine.Calls, Settings.OutOfMoney, Rest ?? TimeSpan.FromMilliseconds(500), _clock,
            _loggers.CreateLogger("Ringwright.Admission"));
        _accountWatch.Start();
        World?.Clock.AddWork(() => _dialler.HasWork || _accountWatch.HasWork);

        _delivery.Start();
        foreach (var module in _modules) await module.StartAsync(_calls, stop);
        foreach (var sweep in _modules.SelectMany(module => module.Sweeps(ledger)))
        {
            sweep.Start(_clock, _loggers.CreateLogger("Ringwright.Store"));
            _sweeps.Push(sweep);
        }

        _readiness.Add("ledger", () => ledger.IsReady ? null
            : Database.IsAvailable ? "More events wait to be written than the database takes."
            : "The database cannot be written: new calls are refused until it can.", isVital: false);
        _readiness.Add("ledger writer",
            () => !ledger.Failed.IsCancellationRequested ? null
                : Database.IsReplaced
                    ? "Another process has taken the place of this node, or a node beside it has ended its calls: end this one."
                : "The database is broken: see the log, and restore it.", isVital: true);
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

        _selfTest = NodeSelfTest.Create(Settings, Database, _engine, _media, speech, _clock, Rest, _logger);
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

    private INodeMedia StartMedia(OwnPorts own, IReadOnlyList<IPAddress> local)
    {
        string? taps = TapFolder.Create();
        if (taps is null) _logger.NoTaps();
        var options = new MediaHostOptions
        {
            Networks = [.. Settings.Networks.Select(network => new MediaNetwork
            {
                Address = network.Rtp.Address, FirstPort = network.Rtp.First, LastPort = network.Rtp.Last,
                Advertise = Ports.Advertised(network, network.Rtp.Address),
                LocalAddresses = local,
            })],
            OwnPorts = own,
            Epoch = Database.Node.Epoch,
            RecordingFolder = RecordingParts.In(Settings.Data).Folder,
            TapFolder = taps,
            Stepping = World?.Stepping,
            MostPairs = Descriptors.MediaPairs(SystemChecks.OpenFiles, hasNode: !Settings.HasMediaProcess),
        };
        // Media has nothing to tell before the engine leases the first port.
        return Settings.HasMediaProcess
            ? new MediaRole(Settings, options with { WarmPairs = MediaRole.WarmPairs }, happened => _engine!.PostMedia(happened),
                lost => _engine!.PostMedia(lost), _loggers)
            : new InlineMedia(new InlineMediaHost(options, happened => _engine!.PostMedia(happened),
                _loggers.CreateLogger("Ringwright.MediaHost")));
    }

    [MemberNotNull(nameof(_engine), nameof(_recordings), nameof(_calls))]
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
            Probes = Settings.Probes,
            InboundRinging = Settings.Ringing,
            InboundRate = Settings.IsOnLoopbackOnly || Settings.InboundRate == 0 ? null : Settings.InboundRate,
            MediaCalls = [.. Settings.Networks.Select(network => network.Channels)],
            UnprovenShare = Settings.UnprovenShare,
            Traces = Settings.HasCallTrace ? Database.Traces : null,
            Registrations = Database.Registrations,
            Tls = SipTls.Options(Settings, NeedsAuthority ? LocalAuthority.Open(Settings.Data, TimeProvider.System) : null) is { } tls
                ? tls with { Bound = tls.Listen is { } first ? held.Take(first) : null }
                : null,
            Recordings = _recordings,
            Forwarder = _forwarder,
            Names = SharedNames.Of(Database),
            // Streams and recognisers take audio as it comes: there is none that comes at its time.
            LiveAudio = World is null ? _liveAudio : null,
            Exchange = World?.Datagrams,
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
        ledger.Committed = happened =>
        {
            feed.Publish(happened);
            _dialler?.Hear(happened);
        };
        _programs = new(feed, _engine.Calls, leg => NodeModules.CreateProgram(_modules, leg.Application), _clock,
            _loggers.CreateLogger("Ringwright.Programs"))
        {
            FindGuest = started => NodeModules.CreateGuest(_modules, started),
        };
        _programs.Start();
        _calls = new(_engine.Calls, feed);
    }

    private JobOptions Patient(JobOptions options) => Rest is { } rest ? options with { LongestSleep = rest } : options;

    private async Task StartListenersAsync(HeldPorts held, ModuleGround ground, ISpeech speech, MetricStore? metrics,
        CancellationToken stop)
    {
        var engine = _engine!; // started before the listeners, as are the other parts below that may be null
        var snowflakes = new Snowflakes(TimeProvider.System, Database.Node.Node);
        var tokens = new AccessTokens(Database, ground.Downloads.Public, TimeProvider.System);
        var keys = KeyAuthenticator.Of(Database, tokens, TimeProvider.System);
        var files = new RecordingTranscriber(_givenRecognisers ?? _recognisers!.Of, _clock, _loggers.CreateLogger("Ringwright.Speech"));
        var services = new ModuleServices
        {
            Http = new()
            {
                Pipeline = new()
                {
                    Routing = Database.Routing, Calls = engine.Calls, Time = _clock, Snowflakes = snowflakes,
                    Links = ground.Downloads.Public,
                    Closing = _closing.Token, Stopping = _givenUp.Token
                },
                Settings = new() { IsStrict = Settings.HasCheckedReplies },
                Limiter = new RequestLimiter(Settings.ApiRate, TimeProvider.System),
                Keys = keys,
                Tokens = tokens,
            },
            Sip = new(Database.Registrations.Among(engine.Registrations), engine.TrunkHosts) { Texts = engine.Texts },
            RecordingFiles = _media!.Files,
            Speech = new(speech, _liveAudio!.Transcriber, NodeModules.Sounds(_modules)) { Files = files },
            SelfTest = _selfTest!,
            Plans = _plans!,
            Events = _delivery!.Events,
            Holds = _gate,
            Dialling = new(() => _dialler?.Wake(), () => _dialler?.AgentsFree())
            {
                Check = new(Database, _zones!, _gate!, engine.Routes), Gate = _gate,
                People = Settings.HasLab ? new LabTexters() : null,
            },
            Codes = new(Settings.VerificationCaller, Settings.FlashCallers),
        };
        IReadOnlyList<ServedApi> apis = [.. _modules.SelectMany(module => module.Serve(services))];

        _jobs = new JobRunner(Database.Jobs, Database.Blobs,
            [.. apis.SelectMany(api => api.Pipeline.Dialect.Jobs)], Patient(new()), _clock, _loggers.CreateLogger("Ringwright.Http"));
        _jobs.Start();
        _elsewhere = new(Database, _ledger!, ground.Egress, _loggers.CreateLogger("Ringwright.Uploads"));
        _uploads = new JobRunner(Database.Jobs, Database.Blobs, [_elsewhere.Kind], Patient(RecordingUploads.Options), _clock,
            _loggers.CreateLogger("Ringwright.Http"));
        _uploads.Start();
        var transcribed = new RecordingTranscriptions(Database, _ledger!, files, _loggers.CreateLogger("Ringwright.Uploads"));
        _transcriptions = new JobRunner(Database.Jobs, Database.Blobs, [transcribed.Kind], Patient(RecordingTranscriptions.Options), _clock,
            _loggers.CreateLogger("Ringwright.Http"));
        _transcriptions.Start();
        _moduleJobs = [.. _modules.Select(module => module.Jobs).OfType<ModuleJobs>().Select(own => new JobRunner(Database.Jobs,
            Database.Blobs, own.Kinds, Patient(own.Options), _clock, _loggers.CreateLogger("Ringwright.Http")))];
        foreach (var runner in _moduleJobs) runner.Start();
        World?.Clock.AddWork(() => _jobs.HasWork || _uploads.HasWork || _transcriptions.HasWork
            || _moduleJobs.Any(runner => runner.HasWork) || _modules.Any(module => module.HasWork));
        IReadOnlyList<LifeCycle> cycles = [.. apis.SelectMany(api => LifeCycle.Of(api.Pipeline.Dialect))];
        _timers = new StateTimers(Database.States, cycles, _clock, _loggers.CreateLogger("Ringwright.Http"))
        {
            LongestSleep = Rest ?? TimeSpan.FromSeconds(60),
        };
        _timers.Start();

        // A snapshot may have brought keys and balances.
        void Loaded()
        {
            keys.Forget();
            if (_gate is { } gate) _ = ReloadMoneyAsync(gate, CancellationToken.None);
        }
        // Somebody in a browser is one of the lab's people.
        var tries = Settings.HasLab && World is null ? new TryLinkBook(TimeProvider.System) : null;
        var parts = new OperatorParts
        {
            Store = Database,
            AsksForKey = Settings.NeedsOperatorKey,
            Accounts = new()
            {
                KeysChanged = keys.Forget, Credentials = NodeModules.Credentials(Database), Holds = _gate, Events = _delivery.Events,
                Administrator = NodeModules.Administrator(Database),
            },
            Calls = new()
            {
                Control = engine.Calls, Explainer = engine.Routes, Traces = NodeModules.Traces(Database),
                Refused = engine.RefusedCalls, Audio = _liveAudio?.Carried,
                LabCalls = Settings.HasLab ? stop => LabDoor.CallsAsync(Settings.Data, stop) : null,
                Clock = World?.Clock, Show = (leg, stop) => NodeModules.ShowCallAsync(_modules, leg, stop),
                CreateTryLink = tries is null ? null : tries.Create,
            },
            Trunks = AdminListener.TrunksOf(engine) with
            {
                TextBinds = _modules.Select(module => module.TextBinds).FirstOrDefault(binds => binds is not null),
            },
            Documents = new() { Links = ground.Downloads.Public, FaultOf = NodeModules.FaultOfDocument },
            Snowflakes = snowflakes,
            Snapshots = NodeModules.Snapshots(Database, Loaded),
            Cycles = cycles,
            Logger = _loggers.CreateLogger("Ringwright.Http"),
        };
        _admin = await AdminListener.StartAsync(Settings, parts, () => Status, metrics, held.Take(Settings.Admin),
            Budget("admin", _descriptors.Admin), _loggers, stop, World,
            (app, operators) => ModulePages.MapOperator(app, Named, operators));
        if (Settings.Storage is { } storage)
            _storage = await WebListener.StartAsync("--storage", storage, held.Take(storage), Budget("storage", _descriptors.Storage),
                _loggers, null, app =>
                {
                    TrustedProxies.Trust(app, Settings.TrustedProxies);
                    if (World is { } world) app.Use((HttpContext http, RequestDelegate next) => world.CountAsync(http, next));
                    foreach (var api in apis.Where(api => api.HasStorage)) app.MapStorage(api.Pipeline);
                }, stop);
        _public = await WebListener.StartAsync("--http", Settings.Http, held.Take(Settings.Http), Budget("http", _descriptors.Http),
            _loggers, null, app =>
            {
                TrustedProxies.Trust(app, Settings.TrustedProxies);
                if (World is { } world) app.Use((HttpContext http, RequestDelegate next) => world.CountAsync(http, next));
                if (Settings.PageOrigins.Count > 0)
                {
                    var pages = new CrossOrigin(Settings.PageOrigins);
                    app.Use((HttpContext http, RequestDelegate next) => pages.ShareAsync(http, next));
                }
                app.Use((HttpContext http, RequestDelegate next) => WebListener.SayWhereAsync(http, next));
                new FrontPage(apis.Select(api => api.Pipeline.Dialect), [.. apis.SelectMany(api => api.Pages), .. Readiness.Pages])
                    .Map(app);
                _readiness.Map(app);
                foreach (var api in apis)
                {
                    app.MapDialect(api.Pipeline);
                    api.MapPages(app);
                }
                ModulePages.Map(app, Named, Database, keys, ground.Downloads.Public);
                app.MapDownloads(Database, ground.Downloads, _clock, _elsewhere);
                app.MapHostedDocuments(Database.HostedDocuments,
                    Settings.Documents is { } folder ? new(folder, TimeProvider.System) : null);
                if (tries is not null)
                    new TryPages(tries, ground.Downloads.Public.Origin, new(LabRole.SocketFor(Settings.Data), TimeProvider.System))
                        .Map(app);
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
        if (World is { } world) _logger.VirtualClock(world.Time.GetUtcNow());
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
        var stop = new OrderlyStop(Settings.Drain, () => _database is { IsSilent: true }, _logger);
        Task EndAsync(string part, Func<Task> end, bool isPatient = false) => stop.EndAsync(part, end, isPatient);
        _database?.BeginStop();
        World?.Clock.Finish();
        _readiness.IsServing = false;
        _media?.Stay();
        await _ledgerFailed.DisposeAsync();
        if (_dialler is { } dialler) await EndAsync("the dialler", () => dialler.DisposeAsync().AsTask());
        foreach (var (name, module) in Named) await EndAsync($"what the module {name} begins", () => module.StopAsync().AsTask());
        if (_engine is { } engine)
        {
            if (wasServing) _logger.Draining(engine.LiveLegs, Settings.Drain.TotalSeconds);
            await EndAsync("signalling", () => engine.StopAsync(Settings.Drain, _hurry.Token));
        }
        // Calls that are given time to end cost money.
        if (_accountWatch is { } watch) await EndAsync("the look at accounts", () => watch.DisposeAsync().AsTask());
        if (_liveAudio is { } liveAudio) await EndAsync("live audio", () => liveAudio.DisposeAsync().AsTask());
        if (_forwarder is { } forwarder) await EndAsync("the commands of other nodes", () => forwarder.DisposeAsync().AsTask());
        if (_use is { } use) await EndAsync("what other nodes are told", () => use.DisposeAsync().AsTask());
        if (_programs is { } programs) await EndAsync("the programs", () => programs.DisposeAsync().AsTask());
        if (_recordings is { } recordings) await EndAsync("recordings", () => recordings.FinishAsync(LastRecordings));
        if (_transcriptions is { } transcriptions) await EndAsync("transcriptions", () => transcriptions.DisposeAsync().AsTask());
        if (_uploads is { } uploads) await EndAsync("uploads", () => uploads.DisposeAsync().AsTask());
        _elsewhere?.Dispose();
        if (_ledger is { } ledger) await EndAsync("the ledger", () => ledger.FlushAsync().AsTask());
        foreach (var (name, module) in Named) await EndAsync($"the module {name}", () => module.DisposeAsync().AsTask());
        // The last hang-ups are in the ledger now: their webhooks go out while the listeners still answer.
        if (_delivery is { } delivery) await EndAsync("delivery",
            () => delivery.StopAsync(wasServing && _database is { IsAvailable: true } ? LastWebhooks : TimeSpan.Zero));
        await _closing.CancelAsync();
        foreach (var listener in new[] { _public, _storage, _admin })
            if (listener is not null) await EndAsync("a listener", () => listener.DisposeAsync().AsTask());
        await _givenUp.CancelAsync();
        if (_timers is { } timers) await EndAsync("the timed moves", () => timers.DisposeAsync().AsTask());
        if (_jobs is { } jobs) await EndAsync("the jobs", () => jobs.DisposeAsync().AsTask());
        foreach (var runner in _moduleJobs) await EndAsync("the jobs of a module", () => runner.DisposeAsync().AsTask());
        if (_media is { } media) await EndAsync("media", () => media.DisposeAsync().AsTask(), isPatient: true);
        _egress?.Dispose();
        if (_selfTest is { } selfTest) await EndAsync("the self-test", () => selfTest.DisposeAsync().AsTask());
        foreach (var sweep in _sweeps) await EndAsync(sweep.Name, () => sweep.DisposeAsync().AsTask());
        if (_clockWatch is { } clockWatch) await EndAsync("the clock watch", () => clockWatch.DisposeAsync().AsTask());
        if (_database is { } database) await EndAsync("the database", () => database.DisposeAsync().AsTask(), isPatient: true);
        _gauges?.Dispose();
        foreach (var source in new[] { _hurry, _closing, _givenUp }) source.Dispose();
        if (wasServing) _logger.Stopped();
    }
}
