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
using Ringwright.Net;
using Ringwright.Programs;
using Ringwright.Server.Modules;
using Ringwright.Server.Settings;
using Ringwright.Server.Telemetry;
using Ringwright.Server.Trying;
using Ringwright.Speech.Recognition;
using Ringwright.Store;
using Ringwright.Store.Blobs;
using Ringwright.Store.Forwarding;
using Ringwright.Store.Ledgers;
using Ringwright.Store.Recordings;

namespace Ringwright.Server.Nodes;

/// <summary>What whoever starts a node brings beside its settings.</summary>
/// <param name="Blobs">Where the files of customers are kept; null for the data folder.</param>
/// <param name="Recognisers">The recogniser of a name, or the usual one for null; null for those of the settings.</param>
/// <param name="Metrics">Null serves none.</param>
/// <param name="Output">Where secrets are shown, once.</param>
internal sealed record NodeGifts(IBlobs? Blobs, Func<string?, IRecogniser?>? Recognisers, MetricStore? Metrics, TextWriter Output);

/// <summary>
/// Starts the parts of a node in the order in which they need each other: database, media, modules, ledger, gate, signalling, dialler,
/// delivery, jobs, listeners.
/// </summary>
internal sealed class NodeStart(Node node, NodeFrame frame, NodeGifts gifts, IReadOnlyList<Module> known)
{
    /// <summary>For the files of recordings that a stop ends; what is left then is saved at the next start.</summary>
    private static readonly TimeSpan LastRecordings = TimeSpan.FromSeconds(10);

    // What answers to the same events shares one anchor, so that all wall times agree.
    private readonly WallAnchor _anchor = EngineClock.Anchor(frame.Clock);
    private Func<bool> _isAfterStall = static () => false;

    private ServeSettings Settings => frame.Settings;
    private NodeParts Parts => frame.Parts;
    private Database Database => node.Database;

    /// <exception cref="StartRefused">The environment does not let the node start.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        var local = Ports.LocalAddresses();
        var own = new OwnPorts(local);
        var policy = TargetPolicy.For(Ports.Listeners(Settings), Settings.AllowTargets, local, Ports.AdvertisedAddresses(Settings), own,
            Settings.PublicUrl is { } root ? [root.IdnHost] : null);
        StartClock();
        VirtualRules.Claim(Settings);
        node.Has(await Databases.OpenAsync(Settings, gifts.Blobs, frame.Clock, frame.Loggers, stop));
        ReadyFile.Remove(Settings.ReadyFile);
        // A process takes its time to come up: the rest is made ready meanwhile.
        var media = node.Has(NodeEngine.StartMedia(frame, Database, own, local, () => node.Engine!));        // it has leased a port
        await FirstStart.RunAsync(Database, Settings, gifts.Output, stop);
        // The far ends of requests live by the wall clock, and so do secrets.
        var egress = new EgressClient(policy, TimeProvider.System, frame.Descriptors.Out,
            account => Database.Routing.Current.FindTenant(account)?.Parent);
        Parts.AddDisposable(StopStep.Egress, "requests to others", egress);
        var ground = GroundOf(egress);
        node.Has(await NodeModules.JoinAsync(known, ground, stop));
        var delivery = node.Has(new EventDelivery(Database, egress, frame.Descriptors.Out, Settings.Mail,
            (entry, last) => NodeModules.GivenUp(node.Modules, entry, last), frame.Clock, frame.Rest, frame.Loggers));
        var ledger = new Ledger(Database, _anchor, [.. node.Modules.SelectMany(module => module.Projectors)], frame.Log("Store"));
        Parts.Add(StopStep.Ledger, "the ledger", () => ledger.FlushAsync().AsTask());
        await RateFile.ApplyAsync(Database, Settings.Rates, stop);
        if (Settings.LabPace is { } pace) await Database.NodePolicies.SetAsync(new(pace, IsByDigits: true), stop);
        await ledger.RecoverAsync(stop, media.Files);
        var recoveryByes = await ledger.ListRecoveryByesAsync(stop);

        var plans = NumberingPlans.Load();
        var use = SharedUse.Of(Database, frame.Log("Store"));
        if (use is not null) Parts.Add(StopStep.Sharing, "what other nodes are told", use);
        var gate = new DialGate(Database.Routing, plans, EmergencyNumbers.Load(plans),
            new DialGateOptions
            {
                IsLoopbackOnly = Settings.IsOnLoopbackOnly, AllowsUnpriced = Settings.AllowsUnpriced,
                IsOfLab = number => Settings.HasLab && LabTexters.Has(number),
            }, frame.Clock, use, new(Database.DoNotCall, Database.Routing));
        await Database.DoNotCall.StartAsync(stop);
        // What an earlier start's calls cost is in the ledger by now.
        ledger.Settled = gate.Charged;
        Database.Money.Posted = entry => gate.Paid(entry.Tenant, entry.Amount);
        await LoadMoneyAsync(gate, stop);
        var (prompts, speech) = Voices.Create(Settings, new PromptEncoder(), egress, Database.Media, TimeProvider.System, frame.Loggers);
        if (frame.World is { } world) prompts = world.Count(prompts);
        await media.ReadyAsync(stop);
        node.Has(NodeRecognisers.Create(Settings, egress, TimeProvider.System, frame.Loggers));
        var audio = new LiveAudioGround
        {
            Taps = media.Taps, Ledger = ledger, Shares = NodeLiveAudio.SharesBy(Database.Routing), Recognisers = RecogniserOf,
            Identify = order => NodeModules.Identify(node.Modules, order),
            Limits = new(frame.Descriptors.Streams, frame.Descriptors.Forks, frame.Descriptors.Siprec),
            Advertise = Settings.Advertise, IsLittleEndian = Settings.IsStreamLittleEndian, HasSileroVoice = Settings.HasSileroVoice,
        };
        var liveAudio = Parts.Add(StopStep.LiveAudio, "live audio",
            new NodeLiveAudio([.. node.Modules.Select(module => module.CarryAudio(audio)).OfType<IAudioCarrier>()], frame.Clock));

        var forwarder = new CommandForwarder(Database, frame.Log("Store"));
        Parts.Add(StopStep.Forwarding, "the commands of other nodes", forwarder);
        var recordings = new RecordingKeeper(Database, ledger, media.Files, RecordingParts.In(Settings.Data), frame.Log("Store"));
        Parts.Add(StopStep.Recordings, "recordings", () => recordings.FinishAsync(LastRecordings));
        var options = NodeEngine.OptionsOf(frame, Database, ledger, media, recordings, forwarder, liveAudio, recoveryByes, _isAfterStall);
        var engine = node.Has(NodeEngine.Create(frame,
            options with { TraitsOf = application => NodeModules.TraitsOf(node.Modules, application) }, Database,
            ledger, node.Modules.Aggregate((IDialGate)gate, (inner, module) => module.Watch(inner)), prompts, media, policy, _anchor));
        var feed = new EventFeed();
        CampaignDialler? dialler = null;
        ledger.Committed = happened =>
        {
            feed.Publish(happened);
            dialler?.Hear(happened);
        };
        var programs = Parts.Add(StopStep.Programs, "the programs", new ProgramHost(feed, engine.Calls,
            leg => NodeModules.CreateProgram(node.Modules, leg.Application), frame.Clock, frame.Log("Programs"))
        {
            FindGuest = started => NodeModules.CreateGuest(node.Modules, started),
        });
        programs.Start();
        Parts.AddDisposable(StopStep.Gauges, "the gauges", new NodeGauges(gate, () => programs.Count));
        await recordings.RepairAsync(stop);
        await engine.StartAsync(stop);
        frame.World?.Meter(Database, ledger, egress, engine, media, delivery);
        forwarder.Start(engine.Calls);
        use?.Start(gate.Uses, gate.Hear, () => LoadMoneyAsync(gate, CancellationToken.None));

        var zones = new Lazy<RecipientZones>(() => RecipientZones.Load(plans));
        dialler = StartDialler(engine, gate, zones);
        delivery.Start();
        var calls = new NodeCalls(engine.Calls, feed, ledger);
        foreach (var module in node.Modules) await module.StartAsync(calls, stop);
        foreach (var sweep in node.Modules.SelectMany(module => module.Sweeps(ledger))
            .Append(CertificateEnds.Watch(Settings, TimeProvider.System, frame.Log("Server"))))
        {
            sweep.Start(frame.LookTime, frame.Log("Store"));
            Parts.Add(StopStep.Sweeps, sweep.Name, sweep);
        }
        Watch(ledger, engine, media);
        var selfTest = Parts.Add(StopStep.SelfTest, "the self-test",
            NodeSelfTest.Create(Settings, Database, engine, media, speech, frame.Clock, frame.Rest, frame.Log("Server")));
        selfTest.Start();
        await ServeAsync(new()
        {
            Ground = ground, Media = media, Engine = engine, Gate = gate, Plans = plans, Zones = zones,
            Dialler = dialler, LiveAudio = liveAudio, Delivery = delivery, Speech = speech, SelfTest = selfTest,
            Modules = [.. node.Named],
        }, stop);
    }

    private void StartClock()
    {
        frame.World?.Clock.Start();
        // Nobody sets a virtual clock, and it stands still as a matter of course.
        if (frame.World is not null) return;
        var watch = Parts.Add(StopStep.ClockWatch, "the clock watch", new ClockWatch(_anchor, frame.Clock, frame.Log("Net")));
        watch.Start();
        _isAfterStall = () => watch.IsAfterStall;
    }

    private ModuleGround GroundOf(EgressClient egress) => new()
    {
        Database = Database,
        DataFolder = Settings.Data,
        Egress = egress,
        Downloads = new(Database.Node, new PublicLinks(Ports.PublicUrl(Settings))),
        HasMail = Settings.Mail is not null,
        Apis = new(Settings.SipDomains.Count > 0 ? Settings.SipDomains[0] : Settings.Sip.ToString(), Settings.HasIsoDialerTimes,
            Settings.Agents, Settings.Llm)
        {
            Compat = Settings.Compat, HasSileroVoice = Settings.HasSileroVoice, Imports = Settings.Imports,
            Realtime = Settings.Realtime, Ultravox = Settings.Ultravox,
        },
        Retention = Settings.Retention,
        Time = frame.Clock,
        Rest = frame.Rest,
        Loggers = frame.Loggers,
    };

    private IRecogniser? RecogniserOf(string? name) => gifts.Recognisers is { } given ? given(name) : node.Recognisers.Of(name);

    /// <summary>The gate knows from now on what there is to spend.</summary>
    private async Task LoadMoneyAsync(DialGate gate, CancellationToken stop) =>
        await Database.Money.TellStandAsync(new(frame.Clock.GetUtcNow().UtcDateTime.Date, TimeSpan.Zero), gate.Load, stop);

    private CampaignDialler StartDialler(SipEngine engine, DialGate gate, Lazy<RecipientZones> zones)
    {
        var dialler = Parts.Add(StopStep.Dialler, "the dialler", new CampaignDialler(new()
        {
            Store = Database, Calls = engine.Calls, Zones = zones, Time = frame.Clock, Log = frame.Log("Campaigns"),
            Agents = node.Modules.Select(module => module.QueueAgents).OfType<IQueueAgents>().FirstOrDefault(),
            RetriesAnswered = [.. node.Modules.Select(module => module.RetriesAnswered).OfType<string>()],
            Alone = node.Modules.Select(module => module.LoneAttempts).OfType<ILoneAttempts>().FirstOrDefault(),
            Addresses = node.Modules.Select(module => module.TargetAddresses).OfType<ITargetAddresses>().FirstOrDefault(),
            Routes = engine.Routes,
            Rest = frame.Rest ?? TimeSpan.FromSeconds(1),
            IdleRest = frame.Rest is null && !Database.Outbox.Lease.IsShared ? TimeSpan.FromSeconds(5) : null,
            MostCalls = Math.Max(1, Settings.Channels * Settings.CampaignShare / 100),
            CallsPerSecond = Settings.CampaignRate is > 0 and var ofAll ? ofAll : null,
            AccountCallsPerSecond = Settings.CampaignAccountRate is > 0 and var ofAccount ? ofAccount : null,
            ChildCallsPerSecond = Settings.CampaignChildRate is > 0 and var ofChild ? ofChild : null,
            CallerCallsPerSecond = Settings.CampaignCallerRate is > 0 and var ofCaller ? ofCaller : null,
        }));
        dialler.Start();
        var accounts = Parts.Add(StopStep.Accounts, "the look at accounts", new AccountWatch(gate, engine.Calls, Settings.OutOfMoney,
            frame.Rest ?? TimeSpan.FromMilliseconds(500), frame.Clock, frame.Log("Admission")));
        accounts.Start();
        frame.World?.Clock.AddWork(() => dialler.HasWork || accounts.HasWork);
        return dialler;
    }

    private void Watch(Ledger ledger, SipEngine engine, INodeMedia media)
    {
        node.Readiness.Add("ledger", () => ledger.IsReady ? null
            : Database.IsAvailable ? "More events wait to be written than the database takes."
            : "The database cannot be written: new calls are refused until it can.", isVital: false);
        node.Readiness.Add("ledger writer",
            () => !ledger.Failed.IsCancellationRequested ? null
                : Database.IsReplaced
                    ? "Another process has taken the place of this node, or a node beside it has ended its calls: end this one."
                : "The database is broken: see the log, and restore it.", isVital: true);
        node.Readiness.Add("media",
            () => media.IsUp ? null : "The media process is away and is being started again: new calls are refused until it is there.",
            isVital: false);
        node.Readiness.Add("signalling",
            () => engine.IsRunning ? null : "A signalling thread has ended: see the log, and restart the node.", isVital: true);
        // Without a ledger there is no call: what is live ends, and readiness stays off.
        var failed = ledger.Failed.Register(() => _ = Task.Run(() =>
        {
            engine.EndCalls(HangupCause.LedgerUnavailable);
            return engine.StopAsync(TimeSpan.Zero, CancellationToken.None);
        }));
        Parts.Add(StopStep.LedgerWatch, "the look at the ledger", failed);
        ledger.Overflowed = () => engine.EndCalls(HangupCause.LedgerUnavailable);
    }

    private async Task ServeAsync(NodeRunning running, CancellationToken stop)
    {
        Parts.Add(StopStep.Closing, "requests that wait", frame.Closing.CancelAsync);
        Parts.Add(StopStep.GivenUp, "what requests have begun", frame.GivenUp.CancelAsync);
        var own = new NodeApis(frame, running);
        // Somebody in a browser is one of the lab's people.
        var tries = Settings.HasLab && frame.World is null ? new TryLinkBook(TimeProvider.System) : null;
        var services = own.ServicesOf(tries);
        IReadOnlyList<ServedApi> apis = [.. node.Modules.SelectMany(module => module.Serve(services))];
        IReadOnlyList<LifeCycle> cycles = [.. apis.SelectMany(api => LifeCycle.Of(api.Pipeline.Dialect))];
        NodeJobs.Start(frame, running, apis, cycles);
        var listeners = new NodeListeners(frame, running, apis);
        await listeners.StartAdminAsync(
            own.OperatorOf(cycles, () => _ = LoadMoneyAsync(running.Gate, CancellationToken.None), tries), () => node.Status,
            gifts.Metrics, stop);
        await listeners.StartStorageAsync(stop);
        await listeners.StartPublicAsync(node.Readiness, own.Keys, tries, stop);
    }
}
